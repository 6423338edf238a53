"""What backups a storage holds, told from the storage alone. Must not: change anything."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

from holdfast.agent import fields, timestamp
from holdfast.agent.backups import manifest
from holdfast.agent.failure import Malformed

if TYPE_CHECKING:
    from datetime import datetime

    from holdfast.agent.backups.manifest import Manifest

OK, LOST = "ok", "lost"
_MANIFEST = ".json"
_STATE = ".state.json"


class Lock(NamedTuple):
    """A mark that keeps a backup; without an end it holds for ever."""

    reason: str
    until: datetime | None

    def holds(self, now: datetime) -> bool:
        """Tell whether the lock is in force."""
        return self.until is None or now < self.until


class Backup(NamedTuple):
    """One manifest and what is there of it; `fault` says in words what is wrong.

    `manifest` is None where it cannot be read: such a backup is reported, never counted or removed.
    """

    name: str
    manifest: Manifest | None
    status: str
    lock: Lock | None = None
    note: str = ""
    fault: str = ""


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
        if name.endswith(_MANIFEST) and not name.endswith(_STATE) and name[0] != "."
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
    lock, note, fault = _state(folder, backup) if backup + _STATE in names else (None, "", "")
    lost = _lost(os.path.join(folder, found.file), found.stored.size)
    return Backup(full, found, LOST if lost else OK, lock, note, lost or fault)


def _lost(path: str, size: int) -> str:
    """Return what is missing of an artefact, nothing when it is there in full."""
    try:
        there = os.lstat(path).st_size
    except FileNotFoundError:
        return "%s is missing" % os.path.basename(path)
    return "" if there == size else "%s has %d of %d bytes" % (os.path.basename(path), there, size)


def _state(folder: str, backup: str) -> tuple[Lock | None, str, str]:
    """Return lock, note and fault; a state that cannot be read counts as a lock."""
    try:
        given = fields.load(os.path.join(folder, backup + _STATE), "state of " + backup)
        if given is None:
            return None, "", ""
        note = given.text("note") if "note" in given.document else ""
        if given.document.get("lock") is None:
            return None, note, ""
        lock = given.inner("lock")
        until = lock.text_or_none("until")
        end = None if until is None else timestamp.from_text(until)
        return Lock(lock.text("reason"), end), note, ""
    except (Malformed, ValueError) as error:
        return Lock("its state cannot be read", None), "", str(error)
