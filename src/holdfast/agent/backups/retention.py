"""Which backups a rule keeps, and why: pure, shared by rotation, plan and preview.

Order is by sequence number, never by name or clock: a clock set back changes nothing. Each rule
keeps on its own and the union stays; above all rules stand a lock, the newest good backup, and a
base that a kept incremental needs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Iterable, NamedTuple, Sequence

if TYPE_CHECKING:
    from datetime import datetime


class Rule(NamedTuple):
    """How many backups to keep: the newest, and the newest of each hour, day, ... that has one."""

    last: int = 0
    hourly: int = 0
    daily: int = 0
    weekly: int = 0
    monthly: int = 0
    yearly: int = 0


class Candidate(NamedTuple):
    """What a rule knows of a backup; one that is not good neither counts nor is dropped."""

    name: str
    sequence: int
    created: datetime
    base: str | None = None
    good: bool = True
    locked: bool = False


class Decision(NamedTuple):
    """Whether a backup stays, and the reason in words fit for a person."""

    name: str
    kept: bool
    reason: str


# Weeks are ISO weeks: they begin on Monday and belong to the year that holds their Thursday.
PERIODS = {
    "hourly": "%Y-%m-%d %H:00 %z",
    "daily": "%Y-%m-%d",
    "weekly": "%G-W%V",
    "monthly": "%Y-%m",
    "yearly": "%Y",
}


def keep(candidates: Iterable[Candidate], rule: Rule, zone: str) -> tuple[Decision, ...]:
    """Return a decision for each backup, newest first; an empty rule drops nothing."""
    ordered = sorted(candidates, key=lambda item: item.sequence, reverse=True)
    if not any(rule):
        return tuple(Decision(item.name, kept=True, reason="no rule") for item in ordered)
    reasons: dict[str, list[str]] = {item.name: _standing(item) for item in ordered}
    good = [item for item in ordered if item.good]
    for item in good[:1]:
        reasons[item.name].append("newest good")
    for place, item in enumerate(good[: rule.last], 1):
        reasons[item.name].append("last %d of %d" % (place, rule.last))
    counts = {period: count for period, count in rule._asdict().items() if count}
    for period in filter(PERIODS.get, counts):
        for item, label in _newest_of_each(good, period, zone)[: counts[period]]:
            reasons[item.name].append("%s %s" % (period, label))
    _keep_bases(ordered, reasons)
    dropped = "beyond " + ", ".join("%s %d" % count for count in counts.items())
    return tuple(
        Decision(item.name, bool(reasons[item.name]), ", ".join(reasons[item.name]) or dropped)
        for item in ordered
    )


def _standing(item: Candidate) -> list[str]:
    """Return the reasons that no rule can outweigh."""
    reasons = ["locked"] if item.locked else []
    return reasons if item.good else [*reasons, "not good: neither counted nor removed"]


def _newest_of_each(
    good: Sequence[Candidate], period: str, zone: str
) -> list[tuple[Candidate, str]]:
    """Return the newest backup of each period that has one, newest period first."""
    from zoneinfo import ZoneInfo  # noqa: PLC0415 - most rules only count

    local = ZoneInfo(zone)
    newest: dict[str, Candidate] = {}
    for item in good:
        newest.setdefault(item.created.astimezone(local).strftime(PERIODS[period]), item)
    return [(item, label) for label, item in newest.items()]


def _keep_bases(ordered: Sequence[Candidate], reasons: dict[str, list[str]]) -> None:
    """Keep what a kept backup cannot be restored without, however long the chain."""
    for item in ordered:  # a base is older than what needs it, so one pass from the newest is all
        if reasons[item.name] and item.base in reasons:
            reasons[item.base].append("base of " + item.name)
