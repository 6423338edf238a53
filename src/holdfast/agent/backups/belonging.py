"""Which of a storage's backups are a definition's own: those that its retention counts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Iterable

if TYPE_CHECKING:
    from holdfast.agent.backups.listing import Backup
    from holdfast.agent.definition import Definition


def own(
    backups: Iterable[Backup], definition: Definition, owners: tuple[str, ...]
) -> tuple[Backup, ...]:
    """Return the backups that are this definition's: owner, promise, machine and disk all fit.

    Which LoadMaster or disk it is now, its newest backup tells: those of the one that it replaced
    are not counted, so they stay.
    """
    fitting = [
        (backup.manifest, backup)
        for backup in backups
        if backup.manifest is not None and backup.manifest.fits(definition, owners)
    ]
    newest = max(fitting, key=lambda item: item[0].sequence, default=None)
    return tuple(
        backup
        for manifest, backup in fitting
        if newest is not None and manifest.thing == newest[0].thing
    )
