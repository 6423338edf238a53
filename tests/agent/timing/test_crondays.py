"""Day fields moved over midnight still match every date of the schedule."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent import strategies
from agent.debian_cron import Entry
from holdfast.agent.timing.crondays import day_fields
from holdfast.agent.timing.schedule import parse

DAYS = [date(2027, 12, 1) + timedelta(days=n) for n in range(500)]


@settings(max_examples=60, deadline=None)
@given(strategies.fields(), st.integers(-2, 2))
def test_moved_fields_match_the_date_so_many_days_later(fields: str, later: int) -> None:
    schedule = parse(fields)
    entry = Entry.read(f"0 0 {day_fields(schedule, later)}")
    for day in DAYS:
        moved = day + timedelta(days=later)
        if schedule.falls_on(day):
            assert entry.matches(datetime(moved.year, moved.month, moved.day))  # noqa: DTZ001 - local


@settings(max_examples=60, deadline=None)
@given(strategies.fields())
def test_fields_that_stay_match_no_other_date(fields: str) -> None:
    schedule = parse(fields)
    entry = Entry.read(f"0 0 {day_fields(schedule, 0)}")
    for day in DAYS:
        local = datetime(day.year, day.month, day.day)  # noqa: DTZ001 - a wall clock
        assert entry.matches(local) == schedule.falls_on(day)


@pytest.mark.parametrize(
    ("days", "later", "expected"),
    [
        ("* * *", 1, "* * *"),
        ("* * 1-5", -1, "* * 0-4"),
        ("1 * *", -1, "28-31 * *"),
        ("15 6 *", 1, "16 6 *"),
        ("28 2 *", 1, "1,29 2,3 *"),
        ("* 4 *", -1, "* 3,4 *"),
        ("1,15 * 1", 1, "2,16 * 2"),
    ],
)
def test_moved_fields(days: str, later: int, expected: str) -> None:
    assert day_fields(parse(f"0 0 {days}"), later) == expected
