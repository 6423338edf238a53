"""Schedules and clocks for property tests: five fields that everyone here reads."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from hypothesis import strategies as st

HOUR = timedelta(hours=1)
YEAR = 2026
# Every kind of clock: fixed, odd offsets, both hemispheres, half an hour, two hours, negative
# summer time, changes at midnight, changes that follow the moon.
TELLING = (
    "UTC",
    "Europe/Prague",
    "Europe/London",
    "Europe/Dublin",
    "America/New_York",
    "America/St_Johns",
    "America/Havana",
    "America/Santiago",
    "Atlantic/Azores",
    "Africa/Cairo",
    "Africa/Casablanca",
    "Asia/Beirut",
    "Asia/Kathmandu",
    "Australia/Lord_Howe",
    "Antarctica/Troll",
    "Pacific/Chatham",
    "Pacific/Kiritimati",
    "Pacific/Pago_Pago",
)


def _listed(low: int, high: int, most: int) -> st.SearchStrategy[str]:
    numbers = st.sets(st.integers(low, high), min_size=1, max_size=most)
    return numbers.map(lambda found: ",".join(map(str, sorted(found))))


def _or_star(strategy: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.one_of(st.just("*"), strategy)


def fields() -> st.SearchStrategy[str]:
    """Five fields of stars and lists of numbers, often due between midnight and 3 o'clock."""
    hours = st.one_of(_listed(0, 3, 3), _listed(0, 23, 4), st.just("*"))
    days = st.one_of(st.just("* *"), st.builds("{} {}".format, *_day_fields()))
    return st.builds(
        lambda minute, hour, month, both: "{0} {1} {3} {2} {4}".format(
            minute, hour, month, *both.split(" ")
        ),
        _listed(0, 59, 3),
        hours,
        st.one_of(st.just("*"), _listed(1, 12, 6)),
        days,
    )


def _day_fields() -> tuple[st.SearchStrategy[str], st.SearchStrategy[str]]:
    return _or_star(_listed(1, 31, 6)), _or_star(_listed(0, 6, 3))


def clock(zone: str) -> ZoneInfo:
    """The clock of a zone."""
    return ZoneInfo(zone)


@cache
def changes(zone: str) -> tuple[datetime, ...]:
    """The hours of a year after which a zone's clock shows another offset, found by looking."""
    days = [datetime(YEAR, 1, 1, tzinfo=UTC) + timedelta(days=n) for n in range(365)]
    return tuple(
        hour
        for day in days
        if _changes(clock(zone), day, timedelta(days=1))
        for hour in (day + HOUR * n for n in range(24))
        if _changes(clock(zone), hour, HOUR)
    )


def _changes(here: ZoneInfo, instant: datetime, span: timedelta) -> bool:
    before, after = instant.astimezone(here), (instant + span).astimezone(here)
    return before.utcoffset() != after.utcoffset()


@st.composite
def windows(draw: st.DrawFn, *zones: str) -> tuple[datetime, datetime]:
    """A stretch of nine hours, mostly around a clock change of one of the zones."""
    near = [change for zone in zones for change in changes(zone)]
    anywhere = st.integers(0, 364 * 24).map(lambda n: datetime(YEAR, 1, 1, tzinfo=UTC) + HOUR * n)
    middle = draw(st.one_of(st.sampled_from(near), anywhere) if near else anywhere)
    first = middle - HOUR * draw(st.integers(1, 6)) + timedelta(minutes=draw(st.integers(0, 59)))
    return first, first + 9 * HOUR


def zones() -> st.SearchStrategy[str]:
    """A name of a zone: one of the telling ones, or any."""
    return st.one_of(st.sampled_from(TELLING), st.sampled_from(sorted(available_timezones())))
