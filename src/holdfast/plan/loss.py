"""Losses: existing backups that a changed definition would rotate away. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from holdfast.agent import timestamp
from holdfast.agent.backups import points, retention

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from holdfast.plan.actual import Backup
    from holdfast.plan.change import Change
    from holdfast.plan.resource import Address, Attributes


@dataclass(frozen=True)
class Loss:
    """One backup that goes, and the rule that drops it."""

    address: Address  # of the definition
    backup: str
    created: str
    size: int
    reason: str


def losses(
    changes: Iterable[Change], backups: Mapping[Address, tuple[Backup, ...]]
) -> tuple[Loss, ...]:
    """Return what changed definitions would lose, by the very rule that rotation uses.

    What the earlier rule would drop as well is no news, but is listed too: it exists now.
    """
    result: list[Loss] = []
    for change in changes:
        if change.address.kind == "definition" and change.before and change.after:
            result += _of(change.address, change.after, _rotated(change, backups))
        elif change.address.kind == "lock" and not _lasts(change):
            result += [
                Loss(change.address, b.name, b.created, b.size, "its lock is taken away")
                for b in backups.get(change.address, ())
            ]
    return tuple(result)


def _rotated(change: Change, backups: Mapping[Address, tuple[Backup, ...]]) -> tuple[Backup, ...]:
    """Return what the changed definition would find where it will put its backups.

    Under its old name a node tells of its old place, whose backups stay for good once it has moved.
    """
    before, after = change.before or {}, change.after or {}
    if change.previous is not None and before.get("place") != after.get("place"):
        return ()
    return backups.get(change.previous or change.address, ())


def _lasts(change: Change) -> bool:
    """Tell whether a lock keeps its backup as long as before."""
    if change.before is None or change.after is None:
        return change.before is None
    until, before = change.after.get("until"), change.before.get("until")
    return until is None or (before is not None and str(until) >= str(before))


def _of(address: Address, after: Attributes, held: tuple[Backup, ...]) -> Iterator[Loss]:
    rule = retention.Rule(**cast("Mapping[str, int]", after["retention"]))
    known_there = [_candidate(backup) for backup in held]
    decisions = points.keep(address.name, known_there, rule, str(after["timezone"]))
    known = {backup.name: backup for backup in held}
    for decision in decisions:
        if not decision.kept:
            backup = known[decision.name]
            yield Loss(address, backup.name, backup.created, backup.size, decision.reason)


def _candidate(backup: Backup) -> retention.Candidate:
    return retention.Candidate(
        backup.name,
        backup.sequence,
        timestamp.from_text(backup.created),
        backup.base,
        backup.status == "ok",
        backup.locked,
    )
