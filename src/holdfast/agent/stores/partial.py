"""Files that are not, or no longer, part of a backup: `.<name>.<inventory>.partial`.

Whatever a killed run or a half-done removal leaves bears such a name or is told of by such a
manifest, so the next run of that definition can take it away and touches nothing else.
"""

from __future__ import annotations

import os
from typing import Iterable, Iterator

from holdfast.agent import atomic
from holdfast.agent.backups import manifest
from holdfast.agent.failure import Malformed

MANIFEST = ".json"
STATE = ".state.json"
_END = ".partial"


def name_of(name: str, inventory: str) -> str:
    """Return what a file is called until it is whole, and once it is to go."""
    return ".%s.%s%s" % (name, inventory, _END)


def remove_backup(folder: str, backup: str, file: str, inventory: str) -> None:
    """Remove a backup so that a kill in the midst leaves it whole, or not listed and sure to go."""
    going = os.path.join(folder, name_of(backup + MANIFEST, inventory))
    os.rename(os.path.join(folder, backup + MANIFEST), going)
    atomic.sync_folder(folder)
    _finish(folder, backup, file, going)


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


def owned(name: str, inventories: tuple[str, ...]) -> Iterator[str]:
    """Yield the name that a partial file of one of these inventories stands for."""
    for inventory in inventories:
        tail = ".%s%s" % (inventory, _END)
        if name.startswith(".") and name.endswith(tail):
            yield name[1 : -len(tail)]


def _clear_one(folder: str, backup: str, owned: str, name: str) -> None:
    path = os.path.join(folder, name)
    if owned == backup + MANIFEST and not os.path.exists(os.path.join(folder, owned)):
        try:
            file = manifest.load(path, backup).file
        except Malformed:
            file = ""  # killed while it was written: the artefact had no final name yet
        _finish(folder, backup, file, path)
    else:
        atomic.remove(path)


def _finish(folder: str, backup: str, file: str, going: str) -> None:
    atomic.remove(os.path.join(folder, backup + STATE))
    if file:
        atomic.remove(os.path.join(folder, file))
    atomic.remove(going)  # last: it is what tells that the others are to go
