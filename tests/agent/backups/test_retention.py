"""Laws of retention: idempotent, the union of its rules, and what no rule may drop."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from holdfast.agent.backups.retention import Candidate, Rule, keep

START = datetime(2026, 3, 25, tzinfo=UTC)
ZONES = st.sampled_from(["UTC", "Europe/Prague", "America/New_York", "Australia/Lord_Howe"])
RULES = st.builds(Rule, *(st.integers(0, 4) for _ in Rule._fields))


@st.composite
def candidates(draw: st.DrawFn) -> list[Candidate]:
    """Backups in any order of time: clocks are set back; bases are older than what needs them."""
    made: list[Candidate] = []
    for sequence in range(1, draw(st.integers(0, 14)) + 1):
        full = [item.name for item in made if item.base is None]
        made.append(
            Candidate(
                name=f"b{sequence}",
                sequence=sequence,
                created=START + timedelta(minutes=draw(st.integers(0, 60 * 24 * 800))),
                base=draw(st.sampled_from([None, *full])),
                good=draw(st.integers(0, 4)) > 0,
                locked=draw(st.integers(0, 5)) == 0,
            )
        )
    return draw(st.permutations(made))


def kept(items: list[Candidate], rule: Rule, zone: str) -> set[str]:
    return {decision.name for decision in keep(items, rule, zone) if decision.kept}


@given(candidates(), RULES, ZONES)
@settings(max_examples=150, deadline=None)
def test_a_second_rotation_drops_nothing_more(
    items: list[Candidate], rule: Rule, zone: str
) -> None:
    once = kept(items, rule, zone)
    assert kept([item for item in items if item.name in once], rule, zone) == once


@given(candidates(), RULES, ZONES)
@settings(max_examples=150, deadline=None)
def test_rules_together_keep_what_each_keeps_alone(
    items: list[Candidate], rule: Rule, zone: str
) -> None:
    alone = [Rule(**{period: count}) for period, count in rule._asdict().items() if count]
    union = set().union(*(kept(items, single, zone) for single in alone))
    assert kept(items, rule, zone) == (union if alone else {item.name for item in items})


@given(candidates(), RULES, ZONES)
@settings(max_examples=150, deadline=None)
def test_what_no_rule_may_drop(items: list[Candidate], rule: Rule, zone: str) -> None:
    names = kept(items, rule, zone)
    good = [item for item in items if item.good]
    if good:
        assert max(good, key=lambda item: item.sequence).name in names
    for item in items:
        if item.locked or not item.good:
            assert item.name in names
        if item.name in names and item.base is not None:
            assert item.base in names


@given(st.data(), candidates(), RULES, ZONES)
@settings(max_examples=150, deadline=None)
def test_what_is_dropped_once_no_later_backup_brings_back(
    data: st.DataObject, items: list[Candidate], rule: Rule, zone: str
) -> None:
    before = kept(items, rule, zone)
    full = sorted(item.name for item in items if item.name in before and item.base is None)
    fresh = Candidate(
        name="fresh",
        sequence=len(items) + 1,
        created=START + timedelta(minutes=data.draw(st.integers(0, 60 * 24 * 800))),
        base=data.draw(st.sampled_from([None, *full])),
        good=data.draw(st.booleans()),
    )
    freed = [item._replace(locked=item.locked and data.draw(st.booleans())) for item in items]
    after = kept([*freed, fresh], rule, zone)
    assert after - {"fresh"} <= before or not any(rule)


@given(candidates(), RULES, ZONES)
@settings(max_examples=50, deadline=None)
def test_the_order_of_the_question_changes_nothing(
    items: list[Candidate], rule: Rule, zone: str
) -> None:
    assert keep(items, rule, zone) == keep(items[::-1], rule, zone)
    assert all(decision.reason for decision in keep(items, rule, zone))


def test_count_goes_by_sequence_and_not_by_clock() -> None:
    items = [Candidate(f"b{n}", n, START - timedelta(days=n)) for n in range(1, 6)]
    assert kept(items, Rule(last=2), "UTC") == {"b4", "b5"}


def test_an_empty_rule_drops_nothing() -> None:
    items = [Candidate(f"b{n}", n, START) for n in range(1, 6)]
    assert [decision.reason for decision in keep(items, Rule(), "UTC")] == ["no rule"] * 5


def test_days_are_those_of_the_definitions_zone() -> None:
    items = [
        Candidate("before-midnight", 1, datetime(2026, 7, 1, 21, 50, tzinfo=UTC)),
        Candidate("after-midnight", 2, datetime(2026, 7, 1, 22, 10, tzinfo=UTC)),
    ]
    assert kept(items, Rule(daily=2), "Europe/Prague") == {"before-midnight", "after-midnight"}
    assert kept(items, Rule(daily=2), "UTC") == {"after-midnight"}


def test_reasons_say_why() -> None:
    items = [
        Candidate("full", 1, START),
        Candidate("middle", 2, START + timedelta(days=1), base="full"),
        Candidate("held", 3, START + timedelta(days=2), locked=True),
        Candidate("lost", 4, START + timedelta(days=3), good=False),
        Candidate("newest", 5, START + timedelta(days=4), base="full"),
    ]
    said = {d.name: (d.kept, d.reason) for d in keep(items, Rule(last=1, yearly=1), "UTC")}
    assert said == {
        "newest": (True, "newest good, last 1 of 1, yearly 2026"),
        "lost": (True, "not good: neither counted nor removed"),
        "held": (True, "locked"),
        "middle": (False, "beyond last 1, yearly 1"),
        "full": (True, "base of newest"),
    }
