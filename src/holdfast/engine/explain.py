"""What one definition means: when it fires, what it keeps, who declares it. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from croniter import croniter

from holdfast.agent.timing import instants, schedule

if TYPE_CHECKING:
    from collections.abc import Mapping

    from holdfast.agent.timing.schedule import Schedule
    from holdfast.inventory.promise import Promise
    from holdfast.problem import Place

FIRES = 10


@dataclass(frozen=True)
class ClockDay:
    """A day on which the zone's clock changes, and when the definition fires on it."""

    change: datetime  # UTC
    before: timedelta
    after: timedelta
    fires: tuple[datetime, ...]


@dataclass(frozen=True)
class Explanation:
    """One definition in words and times; all times are UTC."""

    id: str
    source: Place
    node: str
    storage: str
    written: str  # the schedule as it stands in YAML
    schedule: str  # five fields, `H` resolved
    zone: str
    both_days: bool
    active: bool
    fires: tuple[datetime, ...]
    clock_days: tuple[ClockDay, ...]
    retention: Mapping[str, int]
    read_from: str | None = None  # the node that is asked for the disk, where that is another one


def explain(promise: Promise, now: datetime, read_from: str | None = None) -> Explanation:
    """Return the explanation of a definition as of a moment; its disk may lie on another node."""
    declared = promise.definition
    fixed = schedule.parse(declared.schedule, promise.id)
    return Explanation(
        promise.id,
        promise.place,
        promise.node,
        promise.storage,
        declared.schedule,
        fixed.text,
        promise.timezone,
        schedule.both_days(fixed),
        declared.active,
        _next_fires(fixed, promise.timezone, now),
        _clock_days(fixed, promise.timezone, now),
        declared.retention.counts,
        read_from,
    )


def _next_fires(fixed: Schedule, zone: str, now: datetime) -> tuple[datetime, ...]:
    """Return the next due instants, with croniter for the calendar: a second opinion on the agent.

    It counts local minutes; what a clock change does to them is the zone rule's.
    """
    clock = ZoneInfo(zone)
    # A day back: a local time that a clock change skipped is due later than it says.
    start = now.astimezone(clock).replace(tzinfo=None) - timedelta(days=1)
    calendar = croniter(fixed.text, start, ret_type=datetime, day_or=True)
    found: list[datetime] = []
    while len(found) < FIRES:
        instant = instants.of_local(calendar.get_next(), clock)
        if instant > now and instant not in found[-1:]:
            found.append(instant)
    return tuple(found)


def _clock_days(fixed: Schedule, zone: str, now: datetime) -> tuple[ClockDay, ...]:
    """Return the clock changes of the twelve months to come."""
    changes = [
        change
        for year in (now.year, now.year + 1)
        for change in instants.clock_changes(zone, year)
        if now <= change.instant < now + timedelta(days=366)
    ]
    return tuple(
        ClockDay(c.instant, c.before, c.after, _on_day(fixed, zone, c.instant)) for c in changes
    )


def _on_day(fixed: Schedule, zone: str, instant: datetime) -> tuple[datetime, ...]:
    clock = ZoneInfo(zone)
    start = instant.astimezone(clock).replace(hour=0, minute=0, second=0, microsecond=0, fold=0)
    end = (start + timedelta(days=1)).astimezone(ZoneInfo("UTC"))
    first = start.astimezone(ZoneInfo("UTC")) - timedelta(seconds=1)
    return tuple(instants.fires(fixed, zone, first, end - timedelta(seconds=1)))
