"""Due instants and clock changes, against an oracle that looks at every minute."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import available_timezones

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent import oracle, strategies
from holdfast.agent.timing import instants
from holdfast.agent.timing.schedule import parse

MINUTE = timedelta(minutes=1)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def fires(fields: str, zone: str, first: str, last: str) -> list[str]:
    found = instants.fires(parse(fields), zone, utc(first), utc(last))
    return [f"{instant:%m-%d %H:%M}" for instant in found]


@pytest.mark.slow
@settings(max_examples=40, deadline=None)
@given(st.data())
def test_fires_are_the_minutes_of_the_oracle(data: st.DataObject) -> None:
    zone, fields = data.draw(strategies.zones()), data.draw(strategies.fields())
    first, last = data.draw(strategies.windows(zone))
    found = tuple(instants.fires(parse(fields), zone, first - MINUTE, last))
    assert found == oracle.due_instants(fields, zone, first, last)


@pytest.mark.slow
def test_fires_are_the_minutes_of_the_oracle_in_every_zone() -> None:
    for zone in sorted(available_timezones()):
        for change in strategies.changes(zone) or (utc("2026-03-01"),):
            first, last = change - 3 * strategies.HOUR, change + 5 * strategies.HOUR
            for fields in ("0,29,59 * * * *", "30 1,2 * * *", "15 0,23 1,31 * 0"):
                found = tuple(instants.fires(parse(fields), zone, first - MINUTE, last))
                expected = oracle.due_instants(fields, zone, first, last)
                assert found == expected, (zone, fields, change)


def test_a_skipped_time_is_due_at_the_end_of_the_gap() -> None:
    day = ("Europe/Prague", "2026-03-28T12:00", "2026-03-29T12:00")
    assert fires("30 2 * * *", *day) == ["03-29 01:00"]


def test_several_skipped_times_and_the_one_after_them_are_one_instant() -> None:
    day = ("Europe/Prague", "2026-03-29T00:00", "2026-03-29T01:59")
    assert fires("0,15,30,45 2,3 * * *", *day) == [
        "03-29 01:00",
        "03-29 01:15",
        "03-29 01:30",
        "03-29 01:45",
    ]


def test_a_repeated_time_is_due_at_its_first_pass_only() -> None:
    day = ("Europe/Prague", "2026-10-24T12:00", "2026-10-25T12:00")
    assert fires("30 2 * * *", *day) == ["10-25 00:30"]


def test_while_the_clock_shows_it_anew_a_first_pass_stays_due() -> None:
    within = ("Europe/Prague", "2026-10-25T00:50", "2026-10-25T01:05")
    assert fires("59 2 * * *", *within) == ["10-25 00:59"]
    assert fires("* * * * *", *within)[-7:] == [f"10-25 00:{minute}" for minute in range(53, 60)]


def test_a_first_pass_of_a_day_that_comes_twice_stays_due() -> None:
    # Alaska was bought, and lived through a day once more.
    day = ("America/Juneau", "1867-10-18T12:00", "1867-10-19T00:45")
    assert fires("0 15 * * *", *day) == ["10-18 23:57"]
    assert fires("0 15 * * *", *day[:2], "1867-10-19T23:30") == ["10-18 23:57"]
    assert fires("0 15 * * *", *day[:2], "1867-10-20T00:45") == ["10-18 23:57"]


def test_after_a_first_pass_nothing_of_it_is_due_again() -> None:
    within = ("Europe/Prague", "2026-10-25T00:45", "2026-10-25T01:59")
    assert fires("*/30 2 * * *", *within) == []


def test_a_day_that_a_zone_leaves_out_is_due_when_the_next_begins() -> None:
    assert fires("0 9 30 12 *", "Pacific/Apia", "2011-12-29T00:00", "2011-12-31T23:00") == [
        "12-30 10:00"
    ]


def test_bounds_are_after_and_until() -> None:
    assert fires("0 * * * *", "UTC", "2026-01-01T00:00", "2026-01-01T02:00") == [
        "01-01 01:00",
        "01-01 02:00",
    ]


def test_seconds_of_the_bounds_do_not_count_double() -> None:
    first, last = utc("2026-01-01T00:00:01"), utc("2026-01-01T01:00:59")
    assert list(instants.fires(parse("0 * * * *"), "UTC", first, last)) == [utc("2026-01-01T01:00")]


def test_next_fires_finds_the_next_leap_days() -> None:
    found = instants.next_fires(parse("0 0 29 2 *"), "UTC", utc("2026-11-22"), 3)
    assert [instant.year for instant in found] == [2028, 2032, 2036]


def test_next_fires_of_a_schedule_that_never_fires_are_none() -> None:
    assert instants.next_fires(parse("0 0 30 2 *"), "UTC", utc("2026-11-22"), 3) == ()


def test_clock_changes_of_a_year() -> None:
    hour = timedelta(hours=1)
    assert instants.clock_changes("Europe/Prague", 2026) == (
        (utc("2026-03-29T01:00"), hour, 2 * hour),
        (utc("2026-10-25T01:00"), 2 * hour, hour),
    )
    assert instants.clock_changes("Asia/Kolkata", 2026) == ()


def test_a_change_in_the_first_second_of_a_year_belongs_to_that_year() -> None:
    change = instants.clock_changes("Antarctica/Casey", 1969)[0]
    assert change.instant == utc("1969-01-01")
    assert instants.clock_changes("Antarctica/Casey", 1968) == ()


@pytest.mark.slow
def test_no_clock_change_of_any_zone_is_missed() -> None:
    for zone in sorted(available_timezones()):
        hours = [(c.instant - timedelta(seconds=1)) for c in instants.clock_changes(zone, 2026)]
        seen = [hour.replace(minute=0, second=0) for hour in hours]
        assert seen == list(strategies.changes(zone)), zone
