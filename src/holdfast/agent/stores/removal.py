"""Removal of a backup that is a snapshot: killed in the midst, it is not listed and sure to go.

One whose snapshot cannot go, as when somebody cloned it, is a backup again.
"""

from __future__ import annotations

import contextlib
import os
from typing import TYPE_CHECKING

from holdfast.agent import atomic
from holdfast.agent.backups import manifest
from holdfast.agent.failure import Failed
from holdfast.agent.stores import partial
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


def clear(chain: Chain, folder: str, owners: tuple[str, ...]) -> None:
    """Finish all removals that were killed in the midst."""
    if not os.path.isdir(folder):
        return
    for name in sorted(os.listdir(folder)):
        path = os.path.join(folder, name)
        for whole in partial.owned(name, owners):
            backup = whole[: -len(partial.MANIFEST)]
            if manifest.is_backup(backup, backup.rpartition("-")[0]):
                _clear_one(chain, folder, backup, path)
        if atomic.is_temporary(name):
            atomic.remove(path)


def _clear_one(chain: Chain, folder: str, backup: str, going: str) -> None:
    if os.path.exists(os.path.join(folder, backup + partial.MANIFEST)):
        atomic.remove(going)  # it was entered again: it is a backup like any other
        return
    gone = manifest.load(going, backup)
    with contextlib.suppress(Failed):  # a backup again, of which the next rotation tells
        _finish(chain, folder, gone, going)


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
