"""What backups a storage holds, told from the storage alone. Must not: change anything."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING, Callable, NamedTuple

from holdfast.agent import subject
from holdfast.agent.backups import appliance, bases, folders, manifest, state
from holdfast.agent.failure import Malformed

if TYPE_CHECKING:
    from holdfast.agent.backups.manifest import Manifest
    from holdfast.agent.backups.state import Lock, State

OK, LOST = "ok", "lost"
_MANIFEST = ".json"
# What may stand beside a manifest and ends as one.
_BESIDE = (state.SUFFIX, "." + appliance.PARAMETERS + _MANIFEST)
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
    vouched: bool = True  # False: it was seen that no key known here signed it

    @property
    def is_good(self) -> bool:
        """Whether all of it is there and nobody doubts it, as far as was seen."""
        return self.status == OK and self.vouched


Missing = Callable[[str, "Manifest"], str]


def lost(folder: str, wanted: Manifest) -> str:
    """Return what is missing of a backup's files, nothing when they are there in full."""
    for file, stored in wanted.files.items():
        try:
            there = os.lstat(os.path.join(folder, file))
        except FileNotFoundError:
            return "%s is missing" % file
        if not stat.S_ISREG(there.st_mode):
            return "%s is no regular file" % file
        if there.st_size != stored.size:
            return "%s has %d of %d bytes" % (file, there.st_size, stored.size)
    return ""


def misplaced(source: str, found: Manifest) -> str:
    """Return whose backup really lies in a source's folder, if it is none of that source's.

    Signed as it is, it was copied there, and must not be put over another's disk.
    """
    own = found.subject.source
    return "" if own == source else "its manifest is that of a backup of %s" % own


def backups(place: str, missing: Missing = lost) -> list[Backup]:
    """Return every backup of a storage, by name; `missing` says what lacks of one."""
    found = []
    for server in folders.below(place):
        found += in_folder(place, server, missing)
        for disk in folders.below(server):
            found += in_folder(place, disk, missing)
    return found


def in_folder(place: str, folder: str, missing: Missing = lost) -> list[Backup]:
    """Return the backups of one folder, by name; none where there is no such folder.

    A link that leads there is refused; a name that is no text is told as one that is lost.
    """
    folders.refuse_links(place, folder)
    try:
        names = set(os.listdir(folder))
    except FileNotFoundError:
        return []
    source = _source(place, folder)
    found = [
        _look(folder, source, name[: -len(_MANIFEST)], names, missing)
        for name in sorted(names)
        if name.endswith(_MANIFEST) and not name.endswith(_BESIDE) and name[0] != "."
    ]
    named = {each.manifest.backup: each for each in found if each.manifest is not None}
    return [_judged(backup, named) for backup in found]


def folder_of(name: str) -> str:
    """Return the folder that a backup's full name tells, relative to the storage."""
    return subject.folder(name.rpartition("/")[0])


def _source(place: str, folder: str) -> str:
    """Return the source that a folder stands for: `web01/disk1` is `web01:1`."""
    server, _, disk = os.path.relpath(folder, place).partition(os.sep)
    return server + ":" + disk[len("disk") :] if disk else server


def _judged(backup: Backup, named: dict[str, Backup]) -> Backup:
    """Return a backup as it is, or lost for want of its base."""
    told = backup.manifest
    if told is None or told.base is None or not backup.is_good:
        return backup
    fault = bases.fault(told, named.get(told.base))
    return backup._replace(status=LOST, fault=fault) if fault else backup


def _look(folder: str, source: str, backup: str, names: set[str], missing: Missing) -> Backup:
    full = folders.printable(source + "/" + backup)
    if not full.endswith("/" + backup):
        return Backup(full, None, LOST, fault="its name is no text: none of ours")
    said = state.load(folder, backup) if backup + state.SUFFIX in names else _UNTOUCHED
    try:
        found = manifest.load(os.path.join(folder, backup + _MANIFEST), backup)
    except Malformed as error:
        return Backup(full, None, LOST, said.lock, str(error), said)
    fault = misplaced(source, found) or missing(folder, found)
    if not fault and said.verified is not None:
        fault = said.verified.fault  # all is there, but the bytes are not those that were stored
    return Backup(full, found, LOST if fault else OK, said.lock, fault or said.fault, said)
