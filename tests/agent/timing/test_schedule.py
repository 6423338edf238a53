"""The grammar of schedules: what is taken, what is refused and in which words."""

from __future__ import annotations

import re
import subprocess
import sys
from datetime import date

import pytest
from croniter import croniter
from hypothesis import given, settings
from hypothesis import strategies as st

from agent import strategies
from holdfast.agent.timing.schedule import Schedule, both_days, never_fires, parse

ORDER = "minute hour day-of-month month day-of-week"


def sets(schedule: Schedule) -> list[set[int]]:
    return [set(numbers) for numbers in schedule[1:6]]


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("0 2 * * *", "0 2 * * *"),
        ("  00   02 * *  * ", "0 2 * * *"),
        ("*/15 */2 * */3 *", "*/15 */2 * */3 *"),
        ("0,15,30,45 0-23 1-31 1-12 0-6", "*/15 * * * *"),
        ("5-59/20 * * * *", "5-45/20 * * * *"),
        ("1,2,3,7 * * * *", "1-3,7 * * * *"),
        ("0 0 * jan-MAR Mon-fri", "0 0 * 1-3 1-5"),
        ("0 0 * * 7", "0 0 * * 0"),
        ("0 0 * * fri-sun", "0 0 * * 0,5,6"),
        ("0 0 */2 * *", "0 0 1-31/2 * *"),
        ("0 0 */1 * 1", "0 0 * * 1"),
        ("0 0 1-31 * 1", "0 0 1-31 * 1"),
        ("0 0 1,15 * 1", "0 0 1,15 * 1"),
    ],
)
def test_equal_meaning_has_one_text(text: str, canonical: str) -> None:
    assert parse(text).text == canonical
    assert parse(canonical) == parse(text)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", f"no fields; a schedule has five: {ORDER}"),
        ("5", f"one field; a schedule has five: {ORDER}"),
        ("0 0 2 * * *", f"six fields; a schedule has five: {ORDER}"),
        ("1 " * 9, f"9 fields; a schedule has five: {ORDER}"),
        (
            "@daily",
            "`@daily` is not supported (write `0 0 * * *`, or `H H * * *` to spread)",
        ),
        ("@weekly", "`@weekly` is not supported (write `0 0 * * 0`)"),
        ("@reboot", f"`@reboot` is not supported; a schedule has five fields: {ORDER}"),
        ("99 * * * *", "minute: 99 is out of range 0-59"),
        ("* 25 * * *", "hour: 25 is out of range 0-23"),
        ("0 0 0 * *", "day-of-month: 0 is out of range 1-31"),
        ("0 0 * 13 *", "month: 13 is out of range 1-12"),
        ("0 0 * * 8", "day-of-week: 8 is out of range 0-7"),
        ("-1 * * * *", "minute: `-1` is not a number, name, list, range, step or H"),
        ("0, * * * *", "minute: `` is not a number, name, list, range, step or H"),
        ("0 0 L * *", "day-of-month: `L` is not a value of this field"),
        ("0 0 ? * *", "day-of-month: `?` is not a number, name, list, range, step or H"),
        ("0 0 * * 1#2", "day-of-week: `1#2` is not a number, name, list, range, step or H"),
        ("٣ * * * *", "minute: `٣` is not a number, name, list, range, step or H"),
        ("0 0 * foo *", "month: `foo` is not a value of this field (names are jan-dec)"),
        ("mon * * * *", "minute: `mon` is not a value of this field"),
        ("*/0 * * * *", "minute: a step of 0 never advances (1 or more)"),
        ("*/90 * * * *", "minute: a step of 90 leaves the range 0-59 at once"),
        ("5/10 * * * *", "minute: a step needs a range (write 5-59/10)"),
        ("0 22-2 * * *", "hour: 22-2 runs backwards (write 22-23,0-2)"),
        ("0 0 *,5 * *", "day-of-month: `*` stands beside other values (write `*` alone)"),
        ("H(1-80) * * * *", "minute: 80 is out of range 0-59"),
        (
            "0 0 */10 * 1",
            "day-of-month: crons disagree on `*/10` beside another day field (write 1-31/10)",
        ),
        (
            "0 0 13 * */3",
            "day-of-week: crons disagree on `*/3` beside another day field (write 0-6/3)",
        ),
        ("0 " * 300, "600 characters; a schedule has at most 400"),
    ],
)
def test_what_is_wrong_is_said_in_plain_words(text: str, message: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        parse(text)


def test_all_that_is_wrong_is_said_at_once() -> None:
    with pytest.raises(ValueError, match=r"minute: 60 is out .*; hour: 24 is out .*; month: 0 is"):
        parse("60 24 * 0 *")


@settings(max_examples=200)
@given(st.text(max_size=30))
def test_any_text_is_a_schedule_or_a_value_error(text: str) -> None:
    try:
        schedule = parse(text)
    except ValueError:
        return
    assert parse(schedule.text) == schedule


def ranged() -> st.SearchStrategy[str]:
    """Fields with ranges and steps that croniter takes too."""

    def field(low: int, high: int) -> st.SearchStrategy[str]:
        span = st.tuples(st.integers(low, high), st.integers(low, high)).map(sorted)
        stepped = st.tuples(span, st.integers(1, 9)).filter(lambda t: t[0][1] - t[0][0] >= t[1])
        return st.one_of(
            st.just("*"),
            st.integers(low, high).map(str),
            span.filter(lambda s: s[0] < s[1]).map(lambda s: f"{s[0]}-{s[1]}"),
            stepped.map(lambda t: f"{t[0][0]}-{t[0][1]}/{t[1]}"),
            st.integers(2, 5).map(lambda n: f"*/{n}"),
        )

    days = st.one_of(st.tuples(field(1, 31), st.just("*")), st.tuples(st.just("*"), field(0, 6)))
    return st.builds(
        lambda minute, hour, month, day: f"{minute} {hour} {day[0]} {month} {day[1]}",
        field(0, 59),
        field(0, 23),
        field(1, 12),
        days,
    )


@settings(max_examples=200, deadline=None)
@given(st.one_of(ranged(), strategies.fields()))
def test_the_numbers_of_each_field_are_those_of_croniter(text: str) -> None:
    spans = [(0, 59), (0, 23), (1, 31), (1, 12), (0, 6)]
    expanded = croniter.expand(text)[0]
    expected = [
        set(range(low, high + 1)) if numbers == ["*"] else {int(n) for n in numbers}
        for numbers, (low, high) in zip(expanded, spans, strict=True)
    ]
    assert sets(parse(text)) == expected
    assert sets(parse(parse(text).text)) == expected


@pytest.mark.parametrize("text", ["0 0 30 2 *", "0 0 31 2,4,6,9,11 *", "0 0 30-31 feb *"])
def test_some_schedules_never_fire(text: str) -> None:
    assert never_fires(parse(text))


@pytest.mark.parametrize("text", ["0 0 29 2 *", "0 0 30 2 1", "0 0 31 2,3 *", "0 0 * 2 *"])
def test_others_fire_seldom(text: str) -> None:
    assert not never_fires(parse(text))


def test_both_day_fields_set_mean_either_day() -> None:
    either = parse("0 0 13 * 5")
    assert both_days(either)
    assert either.falls_on(date(2026, 11, 13))
    assert either.falls_on(date(2026, 11, 6))
    assert not either.falls_on(date(2026, 11, 7))
    assert not both_days(parse("0 0 13 * *"))
    assert not both_days(parse("0 0 * * 5"))


def test_nothing_heavy_is_imported() -> None:
    code = (
        "import sys; import holdfast.agent.timing.cronlines, holdfast.agent.cron.cronfile;"
        "print(sorted({'croniter', 'dateutil', 'dataclasses', 'inspect'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
