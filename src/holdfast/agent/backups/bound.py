"""How much of what a rule drops may go at once: pure, shared by rotation and preview.

One old backup may go for each new one; beyond that only what somebody approved. An incremental goes
before its base, and a base that was there only for its incrementals goes with the last of them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Container, Iterable, NamedTuple, Sequence

if TYPE_CHECKING:
    from holdfast.agent.backups.retention import Candidate, Decision


class Bound(NamedTuple):
    """Names of what goes now, in this order, and of what waits for somebody's approval."""

    removed: tuple[str, ...]
    waiting: tuple[str, ...]


def bound(
    candidates: Iterable[Candidate],
    decisions: Iterable[Decision],
    approved: Container[str],
    new: int,
) -> Bound:
    """Return what goes of the dropped ones, after so many new backups."""
    dropped = {decision.name for decision in decisions if not decision.kept}
    ordered = _in_order([item for item in candidates if item.name in dropped])
    needing = {item.base for item in ordered}
    removed: list[str] = []
    waiting: list[str] = []
    for item in ordered:
        if any(other.base == item.name and other.name in waiting for other in ordered):
            goes = False
        elif item.name in approved or item.name in needing:
            goes = True
        else:
            goes, new = new > 0, new - 1
        (removed if goes else waiting).append(item.name)
    return Bound(tuple(removed), tuple(waiting))


def _in_order(dropped: Sequence[Candidate]) -> list[Candidate]:
    """Return the oldest first, but each base after the last that needs it."""
    last = {item.name: item.sequence for item in dropped}
    for item in dropped:
        if item.base in last:
            last[item.base] = max(last[item.base], item.sequence)
    return sorted(dropped, key=lambda item: (last[item.name], item.base is None, item.sequence))
