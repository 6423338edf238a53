"""`H`: a time of one's own, drawn from the identity, the same for ever."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from holdfast.agent.timing.schedule import parse


def test_h_is_drawn_from_the_identity_and_never_moves() -> None:
    # These values are on nodes: a change of them would move every spread schedule.
    assert parse("H H * * *", "daily@web01:1").text == "52 19 * * *"
    assert parse("H H(1-4) * * *", "daily@web02:1").text == "49 1 * * *"
    assert parse("H/15 * H H H", "daily@web01:1").text == "7-52/15 * 18 7 0"


@given(st.text(max_size=20))
def test_h_stays_in_its_range(identity: str) -> None:
    schedule = parse("H H(1-4) H * H(mon-fri)", identity)
    minutes, hours, days, _, weekdays = schedule[1:6]
    assert [len(each) for each in (minutes, hours, days, weekdays)] == [1, 1, 1, 1]
    assert hours <= {1, 2, 3, 4}
    assert days <= set(range(1, 29))
    assert weekdays <= set(range(1, 6))
    quarters = sorted(parse("H/15 * * * *", identity).minutes)
    assert quarters[0] < 15
    assert quarters == [quarters[0] + 15 * n for n in range(4)]


def test_h_spreads() -> None:
    minutes = [min(parse("H * * * *", f"daily@web{n}:1").minutes) for n in range(6000)]
    counts = [minutes.count(minute) for minute in range(60)]
    assert min(counts) > 60
    assert max(counts) < 140


def test_a_schedule_without_h_is_the_same_for_everyone() -> None:
    assert parse("0 2 * * THU", "daily@web01:1") == parse("0 2 * * 4", "other")
