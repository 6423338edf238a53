"""What stays of a LoadMaster's backups: so many restore points, locked ones among them. Pure.

LoadMaster 360 keeps ten of which nine may be locked, so that one is always free to rotate. A base
that is there only for its incrementals is no point of its own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Sequence

from holdfast.agent.backups import retention
from holdfast.agent.backups.retention import Decision

if TYPE_CHECKING:
    from holdfast.agent.backups.retention import Candidate, Rule


def keep(
    identity: str, candidates: Sequence[Candidate], rule: Rule, zone: str
) -> tuple[Decision, ...]:
    """Return a decision for each backup of a definition, newest first, by the rule of its kind."""
    usual = retention.keep(candidates, rule, zone)
    if ":" in identity or not any(rule):
        return usual
    # Each for itself: which of them are kept for more than being a base.
    alone = [item._replace(base=None) for item in candidates]
    standing = {each.name: each for each in retention.keep(alone, rule, zone) if each.kept}
    points = [item for item in candidates if item.good and item.name in standing]
    for name in _beyond(points, sum(rule)):
        del standing[name]
    needing = {item.base: item.name for item in candidates if item.name in standing}
    return tuple(
        standing.get(each.name) or _dropped(each, needing.get(each.name), sum(rule))
        for each in usual
    )


def _beyond(points: Sequence[Candidate], most: int) -> list[str]:
    """Return the oldest points, of those that may go, by which there are too many."""
    ordered = sorted(points, key=lambda item: item.sequence)
    free = [item.name for item in ordered[:-1] if not item.locked]
    return free[: max(0, len(points) - most)]


def _dropped(usual: Decision, needed_by: str | None, most: int) -> Decision:
    """Return what becomes of a backup that is no point: it stays as a base, or goes."""
    if needed_by is not None:
        return Decision(usual.name, kept=True, reason="base of " + needed_by)
    if not usual.kept:
        return usual
    reason = "beyond %d restore points, locked ones among them" % most
    return Decision(usual.name, kept=False, reason=reason)
