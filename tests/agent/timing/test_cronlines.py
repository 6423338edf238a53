"""Cron entries under a model of Debian's cron: each due time is served exactly once, also late."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import available_timezones

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent import debian_cron, oracle, strategies
from holdfast.agent.timing.cronlines import cron_lines
from holdfast.agent.timing.due import GRACE, due, trusted
from holdfast.agent.timing.schedule import parse

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

MINUTE = timedelta(minutes=1)
LATEST = 8


def lines(fields: str, zone: str, node_zone: str) -> tuple[str, ...]:
    return cron_lines(parse(fields), zone, node_zone)


def serve(
    fields: str, zone: str, node_zone: str, wakes: Sequence[datetime]
) -> list[tuple[datetime, datetime]]:
    """Let cron start what it starts, and return what was served and when."""
    schedule = parse(fields)
    served: list[tuple[datetime, datetime]] = []
    entries = cron_lines(schedule, zone, node_zone)
    for wake, count in debian_cron.firings(entries, node_zone, wakes):
        for nth in range(count):
            now = wake + timedelta(seconds=1 + nth)
            record = trusted(served[-1][0] if served else wakes[0] - MINUTE, now)
            instant = due(schedule, zone, record, now, 0)
            if instant is not None:
                served.append((instant, now))
    return served


def check(fields: str, zone: str, node_zone: str, wakes: Sequence[datetime]) -> None:
    """Each due time is served once, in time, unless a newer one came before cron woke up."""
    all_due = oracle.due_instants(fields, zone, wakes[0], wakes[-1])
    expected = [instant for instant in all_due if instant <= wakes[-1] - LATEST * MINUTE]
    served = serve(fields, zone, node_zone, wakes)
    instants = [instant for instant, _ in served]
    told = (fields, zone, node_zone, lines(fields, zone, node_zone))
    assert len(set(instants)) == len(instants), told
    assert set(instants) <= set(all_due), told
    for position, instant in enumerate(expected):
        by = [now for other, now in served if other >= instant]
        assert by, (*told, "not served", instant)
        assert by[0] - instant <= GRACE, (*told, "too late", instant)
        following = expected[position + 1 : position + 2]
        if not following or following[0] - instant > (LATEST + 1) * MINUTE:
            assert instant in instants, (*told, "passed over", instant)


@pytest.mark.slow
@settings(max_examples=40, deadline=None)
@given(st.data())
def test_a_prompt_cron_fires_in_the_minute_of_each_due_instant(data: st.DataObject) -> None:
    zone, node_zone = data.draw(strategies.zones()), data.draw(strategies.zones())
    node_zone = data.draw(st.sampled_from((zone, node_zone)))
    fields = data.draw(strategies.fields())
    first, last = data.draw(strategies.windows(zone, node_zone))
    wakes = debian_cron.prompt(first, last)
    fired = debian_cron.firings(lines(fields, zone, node_zone), node_zone, wakes)
    minutes = {wake for wake, count in fired if count}
    assert minutes >= set(oracle.due_instants(fields, zone, first, last))


@pytest.mark.slow
@settings(max_examples=40, deadline=None)
@given(st.data())
def test_each_due_time_is_served_exactly_once_by_a_late_cron(data: st.DataObject) -> None:
    zone, node_zone = data.draw(strategies.zones()), data.draw(strategies.zones())
    node_zone = data.draw(st.sampled_from((zone, node_zone)))
    fields = data.draw(strategies.fields())
    first, last = data.draw(strategies.windows(zone, node_zone))
    naps = data.draw(st.lists(st.integers(0, LATEST), max_size=400))
    check(fields, zone, node_zone, list(debian_cron.sleepy(first, last, naps)))


@pytest.mark.parametrize(
    ("fields", "zone"), [("59 2 * * *", "Europe/Prague"), ("54,59 0,1 * * *", "UTC")]
)
def test_a_long_nap_at_any_minute_around_a_repeated_hour_loses_nothing(
    fields: str, zone: str
) -> None:
    first = datetime(2026, 10, 25, 0, 40, tzinfo=UTC)
    for minute in range(90):
        naps = [0] * minute + [LATEST]
        wakes = list(debian_cron.sleepy(first, first + 2 * strategies.HOUR, naps))
        check(fields, zone, "Europe/Prague", wakes)


@pytest.mark.slow
def test_each_due_time_of_every_zone_is_served_exactly_once() -> None:
    choice = random.Random(20261122)  # noqa: S311 - the same sample every time
    for zone in sorted(available_timezones()):
        other = choice.choice(strategies.TELLING)
        for node_zone in (zone, "UTC", other):
            around = strategies.changes(zone) + strategies.changes(node_zone)
            for change in around or (datetime(2026, 3, 1, tzinfo=UTC),):
                first = change - 2 * strategies.HOUR
                naps = [choice.choice((0, 0, 0, 2, 7, LATEST)) for _ in range(240)]
                wakes = list(debian_cron.sleepy(first, first + 6 * strategies.HOUR, naps))
                check(near(change, zone, choice), zone, node_zone, wakes)


def near(change: datetime, zone: str, choice: random.Random) -> str:
    """Draw five fields that are due around a clock change, as the definition's clock shows it."""
    local = (change + strategies.HOUR).astimezone(strategies.clock(zone))
    hours = sorted({(local.hour + n) % 24 for n in (-2, -1, 0, 1)})
    hour = choice.choice(("*", ",".join(map(str, hours)), str(choice.choice(hours))))
    minute = choice.choice(("0", "59", "0,30", "17,52", "1,58"))
    dates = ("* * *", f"* {local.month} *", f"{local.day} * *", f"* * {local.isoweekday() % 7}")
    return f"{minute} {hour} {choice.choice(dates)}"


@pytest.mark.parametrize(
    ("fields", "zone", "node_zone", "expected"),
    [
        ("* * * * *", "Asia/Tokyo", "Europe/Prague", ["* * * * *"]),
        ("30 2 * * *", "Europe/Prague", "Europe/Berlin", ["30 2 * * *"]),
        ("30 * * * *", "UTC", "Etc/UTC", ["30 0-23 * * *"]),
        ("30 3 * * 0", "Europe/London", "Europe/Prague", ["30 4 * * 0"]),
        ("30 3 * * 1", "Asia/Tokyo", "UTC", ["30 18 * * 0"]),
        ("0 0 1 1 *", "Asia/Kolkata", "UTC", ["30 18 28-31 1,12 *"]),
        ("45 23 31 12 5", "UTC", "Asia/Kathmandu", ["30 5 1 1,12 6"]),
        ("30 4 * * *", "Europe/Prague", "UTC", ["30 2,3 * * *"]),
        ("30 2 * * *", "Europe/Prague", "UTC", ["30 0,1 * * *", "0 1 25-31 3 *"]),
        (
            "59 2 * * *",
            "Europe/Prague",
            "Europe/Prague",
            ["59 2 * * *", "* 2 25-31 10 *", "0 3 25-31 10 *"],
        ),
    ],
)
def test_lines(fields: str, zone: str, node_zone: str, expected: Iterable[str]) -> None:
    assert lines(fields, zone, node_zone) == tuple(expected)


@settings(max_examples=60, deadline=None)
@given(strategies.fields(), strategies.zones(), strategies.zones())
def test_lines_are_few(fields: str, zone: str, node_zone: str) -> None:
    assert 1 <= len(lines(fields, zone, node_zone)) <= 12
