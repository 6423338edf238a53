"""What goes after a success: decided by the retention rule, bounded by what was approved.

One old backup may go for each new one; beyond that only names that somebody approved, seeing them
in a plan. The rest waits and is told of.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Iterable, NamedTuple

from holdfast.agent import atomic, canonical, fields
from holdfast.agent.backups import belonging, bound, claim, points, vouching
from holdfast.agent.backups.retention import Candidate
from holdfast.agent.failure import Failed, Unfinished
from holdfast.agent.jobs import sequence

if TYPE_CHECKING:
    from datetime import datetime

    from holdfast.agent.backups.listing import Backup
    from holdfast.agent.definition import Definition
    from holdfast.agent.layout import Layout
    from holdfast.agent.stores import Store


class Rotation(NamedTuple):
    """Which backups go now, in order, and which would but wait for somebody's approval.

    Those that are `doubted` make nothing go, and stay: nobody here vouches for them.
    """

    removed: tuple[Backup, ...]
    waiting: tuple[Backup, ...]
    doubted: tuple[Backup, ...] = ()


def carry_out(
    layout: Layout, definition: Definition, owners: tuple[str, ...], store: Store, now: datetime
) -> list[str]:
    """Remove what may go; return in words what waits."""
    decided = decided_here(
        layout, definition, belonging.own(store.backups(), definition, owners), now
    )
    store.check()
    staying, faults = _remove(layout.under(definition.place), layout, store, decided.removed)
    sequence.rotated(layout, definition.id, len(staying))
    if faults:
        raise Failed("; ".join(faults))
    return [
        "%d %s: %s" % (len(backups), what, ", ".join(backup.name for backup in backups))
        for backups, what in (
            (decided.waiting, "old backups wait for approval"),
            (decided.doubted, "backups that nobody vouches for are neither counted nor removed"),
        )
        if backups
    ]


def _remove(
    place: str, layout: Layout, store: Store, going: Iterable[Backup]
) -> tuple[list[Backup], list[str]]:
    """Remove backups; return those that stay until the next time, and what hindered their going.

    What is being restored or verified stays, and so does the base of what stays.
    """
    staying: list[Backup] = []
    faults: list[str] = []
    for backup in going:
        if any(_needs(other, backup) for other in staying):
            staying.append(backup)
            continue
        try:
            with claim.held(layout, place, backup.name, claim.DELETE):
                store.remove(backup)
        except claim.InUse:
            staying.append(backup)
        except Unfinished as unfinished:  # it is no backup any more, and goes in no other's place
            faults.append("%s: %s" % (backup.name, unfinished))
        except Failed as failure:
            staying.append(backup)
            faults.append("%s: %s" % (backup.name, failure))
    return staying, faults


def _needs(one: Backup, other: Backup) -> bool:
    """Tell whether a backup cannot be restored without another."""
    if one.manifest is None or other.manifest is None:
        return False
    return one.manifest.base == other.manifest.backup


def candidates(backups: Iterable[Backup], now: datetime) -> tuple[Candidate, ...]:
    """Return what the retention rule is to know of backups that have a manifest."""
    return tuple(
        Candidate(
            name=backup.manifest.backup,
            sequence=backup.manifest.sequence,
            created=backup.manifest.created,
            base=backup.manifest.base,
            good=backup.is_good,
            locked=backup.lock is not None and backup.lock.holds(now),
        )
        for backup in backups
        if backup.manifest is not None
    )


def decided_here(
    layout: Layout, definition: Definition, own: tuple[Backup, ...], now: datetime
) -> Rotation:
    """Return what goes now of a definition's own backups; only what is proven makes others go.

    Signatures are read only where something would go: what is doubted never makes more go.
    """
    agreed = approved(layout, definition)
    new = sequence.unrotated(layout, definition.id, own)
    hasty = decide(own, definition, agreed, new, now)
    if not hasty.removed and not hasty.waiting:
        return hasty
    seen = vouching.vouched(layout, own)
    new = sequence.unrotated(layout, definition.id, [each for each in seen if each.is_good])
    decided = decide(seen, definition, agreed, new, now)
    doubted = [after for before, after in zip(own, seen) if before.is_good and not after.is_good]
    return decided._replace(doubted=tuple(doubted))


def decide(
    backups: tuple[Backup, ...],
    definition: Definition,
    approved: frozenset[str],
    new: int,
    now: datetime,
) -> Rotation:
    """Return what goes of the definition's own backups, after so many new ones."""
    known = candidates(backups, now)
    decisions = points.keep(definition.id, known, definition.retention, definition.timezone)
    named = {b.manifest.backup: b for b in backups if b.manifest is not None}
    agreed = {name for name, backup in named.items() if is_approved(backup, approved)}
    decided = bound.bound(known, decisions, agreed, new)
    return Rotation(*(tuple(map(named.__getitem__, names)) for names in decided))


def is_approved(backup: Backup, approved: frozenset[str]) -> bool:
    """Tell whether somebody agreed to lose a backup, by its full name or the last part of it."""
    return bool({backup.name, backup.name.rpartition("/")[2]} & approved)


def approved(layout: Layout, definition: Definition) -> frozenset[str]:
    """Return the names that somebody agreed to lose, from beside the definition."""
    path = approved_path(layout, definition.id)
    given = fields.load(path, "the approved names of " + definition.id)
    return frozenset() if given is None else frozenset(given.texts("names"))


def approve(layout: Layout, identity: str, names: list[str]) -> None:
    """Put down the names that somebody agreed to lose."""
    atomic.write(approved_path(layout, identity), approval(names))


def approval(names: Iterable[str]) -> str:
    """Return the text of the file of approved names."""
    return canonical.dumps({"names": list(names)}) + "\n"


def approved_path(layout: Layout, identity: str) -> str:
    """Return where the approved names of a definition stand."""
    return os.path.join(layout.definitions, identity + ".approved.json")
