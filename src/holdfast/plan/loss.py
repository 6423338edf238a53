"""Losses: existing backups that a change of retention would rotate away. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from holdfast.plan.actual import Backup
    from holdfast.plan.change import Change
    from holdfast.plan.resource import Address

    Rule = Callable[[Sequence[Backup], Mapping[str, object], str], Mapping[str, str]]


@dataclass(frozen=True)
class Loss:
    """One backup that goes, and the rule that drops it."""

    address: Address  # of the definition
    backup: str
    created: str
    size: int
    reason: str


def losses(
    changes: Iterable[Change], backups: Mapping[Address, tuple[Backup, ...]], dropped: Rule
) -> tuple[Loss, ...]:
    """Return what the changed definitions would lose, by `dropped`: the rule that rotation uses."""
    result = []
    for change in changes:
        if change.after is None or change.address.kind != "definition" or change.before is None:
            continue
        held = backups.get(change.previous or change.address, ())
        rule = change.after["retention"]
        reasons = dropped(held, rule, str(change.after["timezone"]))  # type: ignore[arg-type]
        result += [
            Loss(change.address, backup.name, backup.created, backup.size, reasons[backup.name])
            for backup in held
            if backup.name in reasons
        ]
    return tuple(result)
