"""What a definition's retention does to the backups that exist, now or by a day to come. Pure.

It runs the very rule that rotation runs, run by run: beyond one old backup for each new one only
what somebody approved goes, so the rest waits.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from holdfast.agent import canonical, timestamp
from holdfast.agent.backups import points
from holdfast.agent.backups.bound import bound
from holdfast.agent.backups.retention import Candidate

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Mapping, Sequence
    from datetime import datetime

    from holdfast.agent.backups.retention import Decision, Rule
    from holdfast.engine.stock import Stored


@dataclass(frozen=True)
class Fate:
    """One existing backup: `kept`, `dropped` or `gone`, and the rule's reason.

    `dropped` is what the rule lets go and no run has removed yet; `gone` was removed, at `at`.
    """

    name: str
    created: str
    size: int
    fate: str
    reason: str
    at: str = ""


@dataclass(frozen=True)
class Preview:
    """The backups of a definition at a moment, newest first, after so many more were `made`."""

    definition: str
    at: str
    made: int
    fates: tuple[Fate, ...]
    waiting: tuple[str, ...] = ()  # dropped by the rule, and nobody has agreed to that

    @property
    def consent(self) -> str:
        """What agrees to the loss of just these backups, as for a plan."""
        return f"lose@{canonical.digest([self.definition, sorted(self.waiting)])[:16]}"


@dataclass(frozen=True)
class Policy:
    """What decides: the rule in its zone, and the instants at which runs are due until then."""

    definition: str  # its ID
    rule: Rule
    zone: str
    fires: tuple[datetime, ...] = ()
    base_every: int = 1


def preview(backups: Iterable[Stored], policy: Policy, at: datetime) -> Preview:
    """Return what becomes of each backup if every run until `at` makes a good one."""
    ordered = sorted(backups, key=lambda backup: backup.sequence, reverse=True)
    gone: dict[str, tuple[str, str]] = {}
    made: list[Candidate] = []
    last = max((backup.sequence for backup in ordered), default=0)
    for number, moment in enumerate(policy.fires, last + 1):
        base = _against(_there(ordered, made, gone, moment), number, policy.base_every)
        made.append(Candidate(f"run {number}", number, moment, base))
        for decision in _removed(ordered, made, gone, policy, moment):
            gone[decision.name] = (timestamp.to_text(moment), decision.reason)
    decided = {d.name: d for d in _decide(_there(ordered, made, gone, at), policy)}
    fates = tuple(_fate(backup, decided.get(_short(backup)), gone) for backup in ordered)
    dropped = {fate.name for fate in fates if fate.fate == "dropped"}
    waiting = tuple(b.name for b in ordered if b.name in dropped and not b.approved)
    return Preview(policy.definition, timestamp.to_text(at), len(policy.fires), fates, waiting)


def _against(there: Iterable[Candidate], number: int, every: int) -> str | None:
    """Return the base of the run of a number, None where it makes a new one."""
    full = [candidate for candidate in there if candidate.base is None]
    newest = max(full, key=lambda candidate: candidate.sequence, default=None)
    if newest is None or not newest.good or number - newest.sequence >= every:
        return None
    return newest.name


def _removed(
    held: Iterable[Stored],
    made: Iterable[Candidate],
    gone: Container[str],
    policy: Policy,
    moment: datetime,
) -> list[Decision]:
    """Return what the rotation after one new backup removes."""
    approved = {_short(backup) for backup in held if backup.approved}
    there = _there(held, made, gone, moment)
    decisions = {decision.name: decision for decision in _decide(there, policy)}
    removed = bound(there, decisions.values(), approved, 1).removed
    return [decisions[name] for name in removed]


def _there(
    held: Iterable[Stored], made: Iterable[Candidate], gone: Container[str], moment: datetime
) -> list[Candidate]:
    """Return what is left by a moment."""
    candidates = [*(_candidate(backup, moment) for backup in held), *made]
    return [candidate for candidate in candidates if candidate.name not in gone]


def _decide(there: Sequence[Candidate], policy: Policy) -> tuple[Decision, ...]:
    return points.keep(policy.definition, there, policy.rule, policy.zone)


def _fate(backup: Stored, decision: Decision | None, gone: Mapping[str, tuple[str, str]]) -> Fate:
    if decision is None:
        at, reason = gone[_short(backup)]
        return Fate(backup.name, backup.created, backup.size, "gone", reason, at)
    word = "kept" if decision.kept else "dropped"
    return Fate(backup.name, backup.created, backup.size, word, decision.reason)


def _short(backup: Stored) -> str:
    return backup.name.rpartition("/")[2]


def _candidate(backup: Stored, moment: datetime) -> Candidate:
    """Return what the rule knows of a backup at a moment: locks end."""
    text = timestamp.to_text(moment)
    return Candidate(
        _short(backup),
        backup.sequence,
        timestamp.from_text(backup.created),
        backup.base,
        backup.status != "lost" and backup.vouched,
        any(not lock.until or text < lock.until for lock in backup.locks),
    )
