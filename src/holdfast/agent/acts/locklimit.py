"""How many backups of a LoadMaster may be locked: one always stays free to rotate."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import TYPE_CHECKING

from holdfast.agent.backups import listing
from holdfast.agent.backups.appliance import Appliance
from holdfast.agent.failure import Failed

if TYPE_CHECKING:
    from holdfast.agent.acts.shelf import Found
    from holdfast.agent.backups.listing import Backup

MOST = 9  # LoadMaster 360's own


def refuse(found: Found) -> None:
    """Raise Failed if a lock more would be one too many; a backup that has one may get another."""
    if not isinstance(found.manifest.subject, Appliance):
        return
    beside = listing.in_folder(found.place, found.folder)
    locked = [each.name for each in beside if _is_locked(each)]
    if len(locked) >= MOST and found.name not in locked:
        raise Failed(
            "%d backups of %s are locked, and one must stay free to rotate: unlock one of them (%s)"
            % (len(locked), found.manifest.subject.name, ", ".join(locked))
        )


def _is_locked(backup: Backup) -> bool:
    return backup.lock is not None and backup.lock.holds(datetime.now(timezone.utc))
