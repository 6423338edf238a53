"""What keeps snapshots from being destroyed, by name: holds and clones. Must not: change any."""

from __future__ import annotations

from typing import Iterator

from holdfast.agent.failure import Failed
from holdfast.agent.zfs import command
from holdfast.agent.zfs.snapshots import LOCK


def why(*paths: str) -> str:
    """Return in words what keeps any of these snapshots and what to do, nothing if all may go."""
    if not paths:
        return ""
    # Not every ZFS has the property `clones`; a clone lies in the pool of its origin.
    datasets = ("-t", "filesystem,volume", "-o", "name,origin", "-r", paths[0].partition("/")[0])
    asked = ("get", "-H", "-p", "-o", "name,value", "userrefs", *paths)
    with command.Started(*asked) as holds, command.Started("list", "-H", *datasets) as origins:
        held = [path for path, count in _pairs(holds.of_several()) if count not in ("0", "-")]
        wanted = frozenset(paths)
        clones = [pair for pair in _pairs(origins.output()) if pair[1] in wanted]
    told = ["%s has a clone, %s: destroy that one" % (path, clone) for clone, path in clones]
    return "; ".join([*_told(held), *told])


def _pairs(told: str) -> Iterator[tuple[str, str]]:
    for line in told.splitlines():
        name, _, value = line.partition("\t")
        yield name, value


def _told(held: list[str]) -> list[str]:
    if not held:
        return []
    try:
        tags = command.run("holds", "-H", *held)
    except Failed:  # that of zfs-fuse is a program by itself, which not all have
        return ["%s is held: `zfs release` it, by the tag that `zfs holds` tells" % p for p in held]
    found = (map(str.strip, line.split("\t")) for line in tags.splitlines())
    return [_told_of(path, tag) for path, tag, *_ in found]


def _told_of(path: str, tag: str) -> str:
    if tag == LOCK:  # and no state that says so, or it would not come to this
        return "%s is locked: `holdfast backup unlock` it" % path
    return "%s is held: `zfs release %s %s`" % (path, tag, path)
