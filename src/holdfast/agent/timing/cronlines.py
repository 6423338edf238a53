"""The cron entries that cover every due instant of a schedule. Must not: read the clock.

Debian's cron and cronie know two kinds (cron(8), and the main loop of cron 3.0pl1's source).
An entry without a star in its minute and hour fields also runs when its minute was skipped by the
clock or slept through by cron, up to 3 hours late, and does not run again in a repeated hour. An
entry with a star there runs in the minutes in which cron is awake, and after a sleep of more than
5 minutes is simply lost. So entries are written without stars, `0-23` for `*`, and a starred one is
added only where the first kind is silent: while the node's clock shows a time for the second time.

Entries fire more often than the schedule is due; `--due` decides. They follow from the schedule and
from both zones' clock changes in a fixed span of years, and so are the same every day.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Dict, List, Set, Tuple
from zoneinfo import ZoneInfo

from holdfast.agent.timing import zonepair
from holdfast.agent.timing.crondays import day_fields
from holdfast.agent.timing.cronfield import plain
from holdfast.agent.timing.due import GRACE
from holdfast.agent.timing.instants import fires

if TYPE_CHECKING:
    from holdfast.agent.timing.schedule import Schedule

EVERY_MINUTE = "* * * * *"
# How long cron may sleep through: one minute less than the due rule looks back.
_LATE = GRACE - timedelta(minutes=1)
_TICK = timedelta(microseconds=1)
_HALF_HOUR = timedelta(minutes=30)


@lru_cache(maxsize=16384)
def cron_lines(schedule: Schedule, zone: str, node_zone: str) -> Tuple[str, ...]:
    """Return the five-field lines for the node's cron: each due instant has a firing in its minute.

    A cron that sleeps up to 8 minutes too long still fires before the due rule lets go.
    """
    if schedule.text == EVERY_MINUTE:
        return (EVERY_MINUTE,)
    lines = _regular(schedule, zonepair.differences(zone, node_zone))
    if not zonepair.same_clock(zone, node_zone):
        lines += _after_gaps(schedule, zone, node_zone)
    lines += _while_repeating(schedule, zone, node_zone)
    return tuple(dict.fromkeys(lines))


def _regular(schedule: Schedule, differences: Tuple[int, ...]) -> List[str]:
    """Return the lines of all local times, under every difference the two clocks may have."""
    hours: Dict[Tuple[str, str], Set[int]] = {}
    for difference in differences:
        for minutes, carried in _minutes(schedule, difference % 60):
            for hour in sorted(schedule.hours):
                later, shown = divmod(hour + difference // 60 + carried, 24)
                hours.setdefault((minutes, day_fields(schedule, later)), set()).add(shown)
    return [f"{minutes} {plain(frozenset(h))} {days}" for (minutes, days), h in hours.items()]


def _minutes(schedule: Schedule, ahead: int) -> List[Tuple[str, int]]:
    """Return the minute fields after moving, each with the hours that it carries over."""
    moved = [divmod(minute + ahead, 60) for minute in schedule.minutes]
    return [
        (plain(frozenset(minute for carry, minute in moved if carry == carried)), carried)
        for carried in sorted({carry for carry, _ in moved})
    ]


def _after_gaps(schedule: Schedule, zone: str, node_zone: str) -> List[str]:
    """Return a line for the instants at which the times that the definition's clock skips are due.

    Where both clocks are the same cron sees to it: a skipped entry runs right after the gap.
    """
    ends = [
        gap.end
        for gap in zonepair.gaps(zone)
        if not schedule.hours.isdisjoint(gap.hours)
        and any(fires(schedule, zone, gap.end - _TICK, gap.end))
    ]
    return _at(ends, node_zone)


def _while_repeating(schedule: Schedule, zone: str, node_zone: str) -> List[str]:
    """Return starred lines for the hours that the node's clock repeats, and one for their end.

    They serve what is due in those hours, and what was due just before while cron was asleep.
    """
    concerned = [
        repeat
        for repeat in zonepair.repeats(zone, node_zone, _LATE)
        if not schedule.hours.isdisjoint(repeat.hours)
        and any(fires(schedule, zone, repeat.start - _LATE, repeat.end - _TICK))
    ]
    awake: List[datetime] = []
    for repeat in concerned:
        halves = (repeat.end - repeat.start) // _HALF_HOUR
        awake += [repeat.start + _HALF_HOUR * i for i in range(halves)]
    return _at(awake, node_zone, minute="*") + _at([r.end for r in concerned], node_zone)


def _at(instants: List[datetime], node_zone: str, minute: str = "") -> List[str]:
    """Return lines for instants as the node's clock shows them, one for each time of day."""
    clock = ZoneInfo(node_zone)
    dates: Dict[Tuple[str, int], Tuple[Set[int], Set[int]]] = {}
    for wall in (instant.astimezone(clock) for instant in instants):
        days, months = dates.setdefault((minute or str(wall.minute), wall.hour), (set(), set()))
        days.add(wall.day)
        months.add(wall.month)
    return [
        f"{at} {hour} {plain(frozenset(days))} {plain(frozenset(months))} *"
        for (at, hour), (days, months) in sorted(dates.items())
    ]
