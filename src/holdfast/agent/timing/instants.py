"""From local calendar to UTC: when a schedule is due in a zone, and when the zone's clock changes.

A local time that a clock change skips is due at the first instant after the gap, a repeated one at
its first pass. Must not: read the clock.
"""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING, Iterator, NamedTuple, Tuple

from holdfast.agent.timing.schedule import never_fires

if TYPE_CHECKING:
    from datetime import tzinfo

    from holdfast.agent.timing.schedule import Schedule

# No zone keeps a clock change for less than a week; a test holds it against every zone.
_PROBE = timedelta(days=7)
_SECOND = timedelta(seconds=1)
_DAY = timedelta(days=1)
_END_OF_TIME = datetime(9990, 1, 1, tzinfo=timezone.utc)


class ClockChange(NamedTuple):
    """The instant from which a zone's clock shows another offset."""

    instant: datetime
    before: timedelta
    after: timedelta


def fires(schedule: Schedule, zone: str, after: datetime, until: datetime) -> Iterator[datetime]:
    """Yield the due instants with after < instant <= until, in UTC, ascending, each once."""
    clock = _clock(zone)
    last = after
    for local in _locals(schedule, _wall(clock, after), _latest(clock, until)):
        instant = of_local(local, clock)
        if last < instant <= until:
            last = instant
            yield instant


def next_fires(schedule: Schedule, zone: str, after: datetime, count: int) -> Tuple[datetime, ...]:
    """Return the next due instants; none for a schedule that never fires."""
    if never_fires(schedule):
        return ()
    return tuple(islice(fires(schedule, zone, after, _END_OF_TIME), count))


def _latest(clock: tzinfo, until: datetime) -> datetime:
    """Return the latest local time whose first pass is over.

    That is what the clock shows or, just after it was set back, what it showed before: no clock is
    set by more than a day, or twice in one.
    """
    return _wall(clock, until) + max(
        _offset(clock, until - _DAY) - _offset(clock, until), timedelta(0)
    )


def _locals(schedule: Schedule, first: datetime, last: datetime) -> Iterator[datetime]:
    """Yield the schedule's local times from the minute of `first` to `last`."""
    minutes, hours = sorted(schedule.minutes), sorted(schedule.hours)
    first = first.replace(second=0, microsecond=0)
    day = first.replace(hour=0, minute=0)
    while day <= last:
        if schedule.falls_on(day):
            times = (day.replace(hour=hour, minute=minute) for hour in hours for minute in minutes)
            yield from (time for time in times if first <= time <= last)
        day += _DAY


@lru_cache(maxsize=1024)
def _clock(zone: str) -> tzinfo:
    if zone == "UTC":
        return timezone.utc
    from zoneinfo import ZoneInfo  # noqa: PLC0415 - takes long to load, and many definitions are in UTC

    return ZoneInfo(zone)


def _wall(clock: tzinfo, instant: datetime) -> datetime:
    """Return what a clock on the wall shows."""
    return instant.astimezone(clock).replace(tzinfo=None, fold=0)


def of_local(local: datetime, clock: tzinfo) -> datetime:
    """Return the instant of a local time: its first pass, or the end of the gap that skips it."""
    instant = local.replace(tzinfo=clock).astimezone(timezone.utc)
    if _wall(clock, instant) == local:
        return instant
    late = local.replace(tzinfo=clock, fold=1).astimezone(timezone.utc)
    return _bisect(clock, late, instant)


def _bisect(clock: tzinfo, low: datetime, high: datetime) -> datetime:
    """Return the first instant, to the second, that has the offset of `high` and not of `low`."""
    before = _offset(clock, low)
    while high - low > _SECOND:
        middle = low + timedelta(seconds=int((high - low).total_seconds()) // 2)
        if _offset(clock, middle) == before:
            low = middle
        else:
            high = middle
    return high


@lru_cache(maxsize=2048)
def clock_changes(zone: str, year: int) -> Tuple[ClockChange, ...]:
    """Return the changes of a zone's offset in one year (of UTC), in order."""
    clock = _clock(zone)
    found = []
    low, end = (datetime(y, 1, 1, tzinfo=timezone.utc) - _SECOND for y in (year, year + 1))
    while low < end:
        high = min(low + _PROBE, end)
        before, after = _offset(clock, low), _offset(clock, high)
        if before != after:
            found.append(ClockChange(_bisect(clock, low, high), before, after))
        low = high
    return tuple(found)


def _offset(clock: tzinfo, instant: datetime) -> timedelta:
    return _wall(clock, instant) - instant.replace(tzinfo=None)
