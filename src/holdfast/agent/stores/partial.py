"""Files that are not, or no longer, part of a backup: `.<name>.<inventory>.partial`.

Whatever a killed run or a half-done removal leaves bears such a name or is told of by such a
manifest, so the next run of that definition can take it away and touches nothing else.
"""

from __future__ import annotations

import contextlib
import os
from typing import TYPE_CHECKING, Iterable, Iterator

from holdfast.agent import atomic
from holdfast.agent.backups import manifest
from holdfast.agent.failure import Malformed

if TYPE_CHECKING:
    from holdfast.agent.backups.manifest import Manifest
    from holdfast.agent.definition import Definition

MANIFEST = ".json"
STATE = ".state.json"
_END = ".partial"


def name_of(name: str, inventory: str) -> str:
    """Return what a file is called until it is whole, and once it is to go."""
    return ".%s.%s%s" % (name, inventory, _END)


def remove_backup(folder: str, gone: Manifest, inventory: str) -> None:
    """Remove a backup so that a kill in the midst leaves it whole, or not listed and sure to go."""
    going = os.path.join(folder, name_of(gone.backup + MANIFEST, inventory))
    os.rename(os.path.join(folder, gone.backup + MANIFEST), going)
    atomic.sync_folder(folder)
    _finish(folder, gone.backup, gone.files, going)


def clear(folder: str, definition: str, inventories: Iterable[str]) -> list[str]:
    """Remove what earlier runs of a definition left in a folder; return the names."""
    if not os.path.isdir(folder):
        return []
    inventories = tuple(inventories)
    cleared = []
    for name in sorted(os.listdir(folder)):
        for whole in owned(name, inventories):
            backup = whole[: len(definition) + 16]  # NAME-YYYYMMDD_HHMMSS
            if manifest.is_backup(backup, definition) and whole[len(backup) :][:1] == ".":
                _clear_one(folder, backup, whole, name)
                cleared.append(name)
    return cleared


def finish_removals(folder: str, definition: Definition, inventories: tuple[str, ...]) -> list[str]:
    """Finish what killed removals began of a definition's own backups in a folder of a former name.

    Whoever has that name now may be at work there: nothing but such a manifest proves what is ours.
    """
    if not os.path.isdir(folder):
        return []
    finished = []
    for name in sorted(os.listdir(folder)):
        for whole in owned(name, inventories):
            backup, path = whole[: -len(MANIFEST)], os.path.join(folder, name)
            if whole.endswith(MANIFEST) and not os.path.exists(os.path.join(folder, whole)):
                try:
                    going = manifest.load(path, backup)
                except Malformed:
                    continue  # nobody's, as far as can be told
                if going.fits(definition, inventories):
                    _finish(folder, backup, going.files, path)
                    finished.append(name)
    return finished


def owned(name: str, inventories: tuple[str, ...]) -> Iterator[str]:
    """Yield the name that a partial file of one of these inventories stands for."""
    for inventory in inventories:
        tail = ".%s%s" % (inventory, _END)
        if name.startswith(".") and name.endswith(tail):
            yield name[1 : -len(tail)]


def _clear_one(folder: str, backup: str, owned: str, name: str) -> None:
    path = os.path.join(folder, name)
    if owned == backup + MANIFEST and not os.path.exists(os.path.join(folder, owned)):
        files: Iterable[str] = ()
        # Else it was killed while it was written, when no file had its final name yet.
        with contextlib.suppress(Malformed):
            files = manifest.load(path, backup).files
        _finish(folder, backup, files, path)
    else:
        atomic.remove(path)


def _finish(folder: str, backup: str, files: Iterable[str], going: str) -> None:
    for name in (backup + STATE, *files):
        atomic.remove(os.path.join(folder, name))
    atomic.remove(going)  # last: it is what tells that the others are to go
