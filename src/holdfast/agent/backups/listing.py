"""What backups a storage holds, told from the storage alone. Must not: change anything."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

from holdfast.agent.backups import manifest, state
from holdfast.agent.failure import Malformed

if TYPE_CHECKING:
    from holdfast.agent.backups.manifest import Manifest
    from holdfast.agent.backups.state import Lock, State

OK, LOST = "ok", "lost"
_MANIFEST = ".json"
_UNTOUCHED = state.State()


class Backup(NamedTuple):
    """One manifest and what is there of it; `fault` says in words what is wrong.

    `manifest` is None where it cannot be read: such a backup is reported, never counted or removed.
    """

    name: str
    manifest: Manifest | None
    status: str
    lock: Lock | None = None
    fault: str = ""
    state: State = _UNTOUCHED


def backups(place: str) -> list[Backup]:
    """Return every backup of a storage, by name."""
    found = []
    for server in _folders(place):
        found += in_folder(place, server)
        for disk in _folders(server):
            found += in_folder(place, disk)
    return found


def in_folder(place: str, folder: str) -> list[Backup]:
    """Return the backups of one folder, by name; none where there is no such folder."""
    try:
        names = set(os.listdir(folder))
    except FileNotFoundError:
        return []
    return [
        _look(folder, _source(place, folder), name[: -len(_MANIFEST)], names)
        for name in sorted(names)
        if name.endswith(_MANIFEST) and not name.endswith(state.SUFFIX) and name[0] != "."
    ]


def _folders(place: str) -> list[str]:
    with os.scandir(place) as entries:
        return sorted(
            entry.path
            for entry in entries
            if entry.is_dir(follow_symlinks=False) and entry.name[0] != "."
        )


def _source(place: str, folder: str) -> str:
    """Return the source that a folder stands for: `web01/disk1` is `web01:1`."""
    server, _, disk = os.path.relpath(folder, place).partition(os.sep)
    return server + ":" + disk[len("disk") :] if disk else server


def _look(folder: str, source: str, backup: str, names: set[str]) -> Backup:
    full = source + "/" + backup
    try:
        found = manifest.load(os.path.join(folder, backup + _MANIFEST), backup)
    except Malformed as error:
        return Backup(full, None, LOST, fault=str(error))
    said = state.load(folder, backup) if backup + state.SUFFIX in names else _UNTOUCHED
    lost = _lost(os.path.join(folder, found.file), found.stored.size)
    if not lost and said.verified is not None:
        lost = said.verified.fault  # all is there, but the bytes are not those that were stored
    return Backup(full, found, LOST if lost else OK, said.lock, lost or said.fault, said)


def _lost(path: str, size: int) -> str:
    """Return what is missing of an artefact, nothing when it is there in full."""
    try:
        there = os.lstat(path).st_size
    except FileNotFoundError:
        return "%s is missing" % os.path.basename(path)
    return "" if there == size else "%s has %d of %d bytes" % (os.path.basename(path), there, size)
