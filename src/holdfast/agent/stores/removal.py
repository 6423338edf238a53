"""Removal of a backup that is a snapshot: killed in the midst, it is not listed and sure to go.

One whose snapshot cannot go, as when somebody cloned it, is a backup again.
"""

from __future__ import annotations

import contextlib
import os
from typing import TYPE_CHECKING

from holdfast.agent import atomic
from holdfast.agent.backups import manifest
from holdfast.agent.failure import Failed, Malformed
from holdfast.agent.stores import borne, partial
from holdfast.agent.zfs import snapshots

if TYPE_CHECKING:
    from holdfast.agent.backups.manifest import Manifest
    from holdfast.agent.stores.chain import Chain


def remove(chain: Chain, folder: str, gone: Manifest, inventory: str) -> None:
    """Remove a backup for good; raise Failed where it cannot go and stays."""
    name = gone.backup + partial.MANIFEST
    going = os.path.join(folder, partial.name_of(name, inventory))
    os.rename(os.path.join(folder, name), going)
    atomic.sync_folder(folder)
    _finish(chain, folder, gone, going)


def clear(chain: Chain, folder: str, owners: tuple[str, ...]) -> list[str]:
    """Finish all removals that were killed in the midst; return in words what cannot be."""
    if not os.path.isdir(folder):
        return []
    told: list[str] = []
    for name in sorted(os.listdir(folder)):
        path = os.path.join(folder, name)
        for whole in partial.owned(name, owners):
            backup = whole[: -len(partial.MANIFEST)]
            if manifest.is_backup(backup, backup.rpartition("-")[0]):
                told += filter(None, (_clear_one(chain, folder, backup, path, owners),))
        if atomic.is_temporary(name):
            atomic.remove(path)
    return told


def _clear_one(chain: Chain, folder: str, backup: str, going: str, owners: tuple[str, ...]) -> str:
    if not os.path.isfile(going) or os.path.islink(going):
        return "%s is no file of ours: move it away" % going
    if os.path.exists(os.path.join(folder, backup + partial.MANIFEST)):
        atomic.remove(going)  # it was entered again: it is a backup like any other
        return ""
    try:
        gone = manifest.load(going, backup)
    except (Malformed, OSError):
        return _clear_damaged(chain, folder, backup, going, owners)
    with contextlib.suppress(Failed):  # a backup again, of which the next rotation tells
        _finish(chain, folder, gone, going)
    return ""


def _clear_damaged(
    chain: Chain, folder: str, backup: str, going: str, owners: tuple[str, ...]
) -> str:
    """Finish a removal whose manifest is damaged by the copy that the snapshot bears.

    Where there is no such copy, the name alone is no proof that the snapshot may go.
    """
    there = [each for each in chain.snapshots() if each.name == backup]
    for snapshot in there:
        gone = borne.by(snapshot)
        if gone is not None and gone.inventory in owners:
            atomic.write(going, snapshot.manifest + "\n")
            with contextlib.suppress(Failed):
                _finish(chain, folder, gone, going)
            return ""
    if there:
        return "%s was to be removed, and its manifest is damaged: destroy it, then remove %s" % (
            there[0].path,
            going,
        )
    atomic.remove(os.path.join(folder, backup + partial.STATE))
    atomic.remove(going)
    return ""


def _finish(chain: Chain, folder: str, gone: Manifest, going: str) -> None:
    said = os.path.join(folder, gone.backup + partial.STATE)
    try:
        _destroy(chain, gone, os.path.exists(said))
    except Failed:
        os.rename(going, os.path.join(folder, gone.backup + partial.MANIFEST))
        atomic.sync_folder(folder)
        raise
    atomic.remove(said)
    atomic.remove(going)  # last: it is what tells that the others are to go


def _destroy(chain: Chain, gone: Manifest, was_marked: bool) -> None:  # noqa: FBT001 - what was seen
    deepest_first = sorted(chain.snapshots(), key=lambda each: -each.dataset.count("/"))
    for snapshot in deepest_first:
        if snapshot.guid in gone.guids:
            if was_marked:  # the hold of a lock that has ended
                snapshots.release(snapshot.path, snapshots.LOCK)
            chain.destroy(snapshot)
