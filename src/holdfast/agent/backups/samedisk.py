"""Which disk a dataset holds: one that was made anew under an old name holds another one.

A disk is called by the GUID of its first dataset. It stays the same disk where a restore made its
dataset, and where a snapshot that was backed up is still there, as after a move between pools.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Iterable

from holdfast.agent.subject import Disk

if TYPE_CHECKING:
    from holdfast.agent.backups.listing import Backup
    from holdfast.agent.backups.manifest import Manifest
    from holdfast.agent.sources.seam import Origin

_OTHER = (
    "this is another disk than the last backup's (another dataset, without a snapshot in common, "
    "or an image in place of one): that one's backups stay, and are not counted with this one's"
)


def manifests(backups: Iterable[Backup], disk: Disk) -> list[Manifest]:
    """Return the manifests of all backups of a machine's numbered disk, the newest first."""
    told = [each.manifest for each in backups if each.manifest is not None]
    found = [each for each in told if isinstance(each.subject, Disk) and each.subject.is_same(disk)]
    return sorted(found, key=lambda each: each.created, reverse=True)


def guid(source: Origin, known: Iterable[Manifest]) -> str | None:
    """Return what the disk in a dataset is called by, given the disk's manifests, newest first."""
    known = list(known)
    if any(each.guid == source.guid for each in known):
        return source.guid
    if source.disk:
        return source.disk
    there = {each.guid for each in source.snapshots()} if known else set()
    return next((each.guid for each in known if each.snapshot in there), source.guid)


def said(made: Manifest, known: Iterable[Manifest]) -> str:
    """Return what a run says whose backup is of another disk than the newest one before it."""
    before = next(iter(known), made)
    return _OTHER if before.guid != made.guid else ""
