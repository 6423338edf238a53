"""The due rule."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent import oracle, strategies
from holdfast.agent.timing.due import GRACE, due, trusted
from holdfast.agent.timing.schedule import parse

DAILY = parse("0 2 * * *")
SIX_HOURS = 6 * 3600


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-11-{text}").replace(tzinfo=UTC)


def test_what_is_due_now_is_due() -> None:
    assert due(DAILY, "UTC", at("21T02:00"), at("22T02:00:01"), 0) == at("22T02:00")


def test_before_its_time_nothing_is_due() -> None:
    assert due(DAILY, "UTC", at("21T02:00"), at("22T01:59:59"), 0) is None


def test_what_was_served_is_not_due_again() -> None:
    assert due(DAILY, "UTC", at("22T02:00"), at("22T02:03"), SIX_HOURS) is None


def test_a_late_cron_loses_nothing_for_ten_minutes() -> None:
    assert due(DAILY, "UTC", at("21T02:00"), at("22T02:10"), 0) == at("22T02:00")
    assert due(DAILY, "UTC", at("21T02:00"), at("22T02:10:01"), 0) is None


def test_catch_up_looks_further_back() -> None:
    assert due(DAILY, "UTC", at("20T02:00"), at("22T08:00"), SIX_HOURS) == at("22T02:00")
    assert due(DAILY, "UTC", at("20T02:00"), at("22T08:01"), SIX_HOURS) is None


def test_only_the_newest_of_several_is_served() -> None:
    hourly = parse("0 * * * *")
    assert due(hourly, "UTC", at("22T02:00"), at("22T06:30"), SIX_HOURS) == at("22T06:00")


def test_without_a_record_the_last_ten_minutes_count() -> None:
    assert due(DAILY, "UTC", None, at("22T02:05"), 0) == at("22T02:00")
    assert due(DAILY, "UTC", None, at("22T03:00"), 0) is None


def test_the_zone_is_that_of_the_definition() -> None:
    assert due(DAILY, "Europe/Prague", None, at("22T01:00"), 0) == at("22T01:00")


def test_a_record_in_the_future_is_not_trusted() -> None:
    now = at("22T02:00")
    assert trusted(at("22T03:00"), now) is None
    assert trusted(None, now) is None
    assert trusted(at("22T02:00"), now) == at("22T02:00")


def test_a_clock_set_back_a_little_serves_nothing_twice() -> None:
    assert trusted(at("22T02:00"), at("22T01:59:58")) == at("22T02:00")


@pytest.mark.slow
@settings(max_examples=40, deadline=None)
@given(st.data())
def test_due_is_the_newest_minute_of_the_oracle(data: st.DataObject) -> None:
    zone, fields = data.draw(strategies.zones()), data.draw(strategies.fields())
    first, last = data.draw(strategies.windows(zone))
    served = data.draw(st.one_of(st.none(), st.datetimes(*_bare(first, last)).map(_utc)))
    now = data.draw(st.datetimes(*_bare(first, last)).map(_utc))
    catch_up = data.draw(st.integers(0, 5 * 3600))
    window = max(timedelta(seconds=catch_up), GRACE)
    candidates = [
        instant
        for instant in oracle.due_instants(fields, zone, first - timedelta(hours=6), last)
        if instant <= now and now - instant <= window and (served is None or instant > served)
    ]
    expected = candidates[-1] if candidates else None
    assert due(parse(fields), zone, served, now, catch_up) == expected


def _bare(first: datetime, last: datetime) -> tuple[datetime, datetime]:
    return first.replace(tzinfo=None), last.replace(tzinfo=None)


def _utc(bare: datetime) -> datetime:
    return bare.replace(tzinfo=UTC)
