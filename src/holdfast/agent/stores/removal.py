"""Removal of a backup that is a snapshot: killed in the midst, it is not listed and sure to go.

One of which nothing can go yet, as when somebody cloned its snapshot, is a backup again.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Iterator

from holdfast.agent import atomic
from holdfast.agent.backups import manifest
from holdfast.agent.failure import Malformed, Unfinished
from holdfast.agent.stores import borne, partial
from holdfast.agent.stores.going import Going, Stays

if TYPE_CHECKING:
    from holdfast.agent.backups.manifest import Manifest
    from holdfast.agent.definition import Definition
    from holdfast.agent.stores.chain import Chain


def remove(chain: Chain, folder: str, gone: Manifest, inventory: str) -> None:
    """Remove a backup for good; raise Failed where it cannot go and stays.

    Raises Unfinished where some of it went: `clear` goes on with the rest.
    """
    name = partial.name_of(gone.backup + partial.MANIFEST, inventory)
    Going(chain, folder, gone, name).begin()


def clear(chain: Chain, folder: str, owners: tuple[str, ...]) -> list[str]:
    """Finish all removals that were killed in the midst; return in words what cannot be."""
    told = [
        _clear_one(chain, folder, backup, name, owners)
        for backup, name in _under_way(folder, owners)
    ]
    for name in os.listdir(folder) if os.path.isdir(folder) else ():
        if atomic.is_temporary(name):
            atomic.remove(os.path.join(folder, name))
    return [*filter(None, told)]


def clear_own(
    chain: Chain, folder: str, definition: Definition, owners: tuple[str, ...]
) -> list[str]:
    """Do what `clear` does of a definition's own backups alone, in the chain of a former name.

    Whoever has that name now may be at work there: nothing but a manifest proves what is ours.
    """
    told = []
    for backup, name in _under_way(folder, owners):
        path = os.path.join(folder, name)
        if os.path.isfile(path) and not os.path.islink(path) and not _is_entered(folder, backup):
            gone = _proven(chain, backup, path, owners)
            if gone is None and backup.rpartition("-")[0] == definition.name:
                told.append(_unproven(chain, backup, path))
            elif gone is not None and gone.fits(definition, owners):
                told.append(_go_on(chain, folder, gone, name))
    return [*filter(None, told)]


def _under_way(folder: str, owners: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """Yield the backups whose removal was begun, and what their manifests are called now."""
    for name in sorted(os.listdir(folder)) if os.path.isdir(folder) else ():
        for whole in partial.owned(name, owners):
            backup = whole[: -len(partial.MANIFEST)]
            if manifest.is_backup(backup, backup.rpartition("-")[0]):
                yield backup, name


def _is_entered(folder: str, backup: str) -> bool:
    return os.path.exists(os.path.join(folder, backup + partial.MANIFEST))


def _clear_one(chain: Chain, folder: str, backup: str, name: str, owners: tuple[str, ...]) -> str:
    going = os.path.join(folder, name)
    if not os.path.isfile(going) or os.path.islink(going):
        return "%s is no file of ours: move it away" % going
    if _is_entered(folder, backup):
        atomic.remove(going)  # it was entered again: it is a backup like any other
        return ""
    gone = _proven(chain, backup, going, owners)
    if gone is not None:
        return _go_on(chain, folder, gone, name)
    unproven = _unproven(chain, backup, going)
    if not unproven:
        atomic.remove(os.path.join(folder, backup + partial.STATE))
        atomic.remove(going)
    return unproven


def _proven(chain: Chain, backup: str, going: str, owners: tuple[str, ...]) -> Manifest | None:
    """Return the manifest of a removal, None where it is damaged and its snapshot bears no copy.

    Without that copy the name alone is no proof that the snapshot may go.
    """
    try:
        return manifest.load(going, backup)
    except (Malformed, OSError):
        for snapshot in chain.snapshots():
            gone = borne.by(snapshot) if snapshot.name == backup else None
            if gone is not None and gone.inventory in owners:
                atomic.write(going, snapshot.manifest + "\n")
                return gone
    return None


def _unproven(chain: Chain, backup: str, going: str) -> str:
    """Return in words what a person is to do with a snapshot that nothing proves ours."""
    there = [each.path for each in chain.snapshots() if each.name == backup]
    if not there:
        return ""
    return "%s was to be removed, and its manifest is damaged: destroy it, then remove %s" % (
        there[0],
        going,
    )


def _go_on(chain: Chain, folder: str, gone: Manifest, name: str) -> str:
    """Finish what was begun; return in words what keeps that of which some went."""
    try:
        Going(chain, folder, gone, name).go_on()
    except Unfinished as unfinished:
        return str(unfinished)
    except Stays:
        return ""  # a backup again, of which the next rotation tells
    return ""
