"""Filesystems and volumes: whether they are there, what they are, where they are mounted."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from holdfast.agent.failure import Failed
from holdfast.agent.zfs import command, features, mounts

if TYPE_CHECKING:
    from holdfast.agent.zfs.snapshots import Snapshot

# What zfs-auto-snapshot and its like go by. A snapshot of theirs would stop the next receive.
_NOT_SNAPPED = "com.sun:auto-snapshot=false"


class Kind(NamedTuple):
    """What a dataset is: its type (filesystem, volume), and whether ZFS itself encrypts it."""

    guid: str
    type: str
    is_encrypted: bool


def properties(dataset: str, *names: str) -> dict[str, str] | None:
    """Return properties of a dataset, None where there is no such dataset."""
    told = command.ask("get", "-H", "-p", "-o", "property,value", ",".join(names), dataset)
    if told is None:
        return None
    return {name: value for name, _, value in (line.partition("\t") for line in told.splitlines())}


def exists(dataset: str) -> bool:
    """Tell whether a dataset is there."""
    return properties(dataset, "type") is not None


def sizes(dataset: str, *names: str) -> dict[str, int]:
    """Return properties that are numbers of bytes; 0 where one is not set, or not of this kind."""
    told = properties(dataset, *names) or {}
    return {name: int(told[name]) if told.get(name, "").isdigit() else 0 for name in names}


def children(dataset: str) -> set[str]:
    """Return the datasets below one, by their names relative to it."""
    told = command.run("list", "-H", "-r", "-t", "filesystem,volume", "-o", "name", dataset)
    return {name[len(dataset) + 1 :] for name in told.splitlines()} - {""}


def filesystems(dataset: str) -> list[str]:
    """Return the filesystems among a dataset and those below it."""
    return _of_type("filesystem", dataset)


def volumes(dataset: str) -> list[str]:
    """Return the volumes among a dataset and those below it."""
    return _of_type("volume", dataset)


def _of_type(wanted: str, dataset: str) -> list[str]:
    # Asked for filesystems alone, a volume is an error to OpenZFS.
    told = command.run("list", "-H", "-r", "-t", "filesystem,volume", "-o", "name,type", dataset)
    pairs = (line.split("\t") for line in told.splitlines())
    return [name for name, kind in pairs if kind == wanted]


def mountpoint(dataset: str) -> str | None:
    """Return where a filesystem is mounted now, None where it is not."""
    place = mounts.of(dataset)
    if place is not None:
        return place
    # Only `zfs` tells a dataset that is not mounted from a node that has no ZFS.
    told = properties(dataset, "mounted", "mountpoint")
    if told is None or told.get("mounted") != "yes":
        return None
    return told.get("mountpoint")


def untouched(snapshot: Snapshot) -> bool:
    """Tell whether a dataset still is what its newest snapshot is."""
    written = (where_known(snapshot.dataset, "written") or {}).get("written")
    if written is not None:
        return written == "0"
    # A ZFS from before that property: what a write changes is the space referred to.
    here = properties(snapshot.dataset, "referenced")
    return here is not None and here == properties(snapshot.path, "referenced")


def kinds(*datasets: str) -> dict[str, Kind]:
    """Return what datasets are, by their names; one that does not exist is left out."""
    names = "guid,type,encryption" if features.here().encrypts else "guid,type"
    with command.Started("get", "-H", "-p", "-o", "name,property,value", names, *datasets) as asked:
        found = _by_name(asked.of_several())
    return {
        name: Kind(of["guid"], of["type"], of.get("encryption", "off") not in ("off", "-"))
        for name, of in found.items()
    }


def _by_name(told: str) -> dict[str, dict[str, str]]:
    """Return properties that nobody can set, by dataset."""
    found: dict[str, dict[str, str]] = {}
    for line in told.splitlines():
        dataset, name, value = line.split("\t")
        found.setdefault(dataset, {})[name] = value
    return found


def is_alike_below(dataset: str, name: str) -> bool:
    """Tell whether a property is off for a dataset and all below it, or on for all."""
    try:
        told = command.run("get", "-H", "-r", "-o", "name,value", name, dataset)
    except Failed as failure:
        if not _is_unknown(failure):
            raise
        return True
    pairs = (line.split("\t") for line in told.splitlines())
    return len({value in ("off", "-") for path, value in pairs if "@" not in path}) == 1


def where_known(dataset: str, *names: str) -> dict[str, str] | None:
    """Return properties of a dataset; None also where this ZFS has none of such a name."""
    try:
        return properties(dataset, *names)
    except Failed as failure:
        if not _is_unknown(failure):
            raise
        return None


def _is_unknown(failure: Failed) -> bool:
    return "invalid property" in str(failure)


def make(dataset: str, *settings: str) -> None:
    """Make a filesystem that no program for automatic snapshots takes any of, nor of its children.

    One that is there stays as it is.
    """
    if not exists(dataset):
        command.run("create", "-o", _NOT_SNAPPED, *settings, dataset)


def make_parent(dataset: str) -> None:
    """Make a filesystem that is never mounted and whose children are read-only; one there stays."""
    make(dataset, "-o", "canmount=off", "-o", "readonly=on")


def seal(dataset: str) -> None:
    """See to it that nothing mounts or writes a received dataset: the next receive would fail."""
    told = properties(dataset, "readonly", "canmount") or {}
    if told.get("readonly") != "on":
        command.run("set", "readonly=on", dataset)
    if told.get("canmount") not in ("noauto", "-"):  # a volume has none
        command.run("set", "canmount=noauto", dataset)
