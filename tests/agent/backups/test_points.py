"""Restore points of a LoadMaster: ten with the locked ones, one always free to rotate."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from holdfast.agent.backups import points, retention
from holdfast.agent.backups.retention import Candidate, Rule

LM, DISK = "nightly@lm-1", "daily@web01:1"
TEN = Rule(last=10)


def backups(count: int, *locked: int, base_every: int = 1) -> list[Candidate]:
    """Return so many, oldest first, numbered from 1."""
    start = datetime(2026, 11, 1, tzinfo=UTC)
    return [
        Candidate(
            f"b{n}",
            n,
            start + timedelta(days=n),
            None if (n - 1) % base_every == 0 else f"b{n - (n - 1) % base_every}",
            locked=n in locked,
        )
        for n in range(1, count + 1)
    ]


def kept(identity: str, items: list[Candidate], rule: Rule = TEN) -> list[str]:
    return [d.name for d in points.keep(identity, items, rule, "UTC") if d.kept]


def test_locked_ones_are_among_the_ten() -> None:
    items = backups(14, 1, 2, 3)
    assert kept(LM, items) == ["b14", "b13", "b12", "b11", "b10", "b9", "b8", "b3", "b2", "b1"]
    assert len(kept(DISK, items)) == 13


def test_with_nine_locked_the_newest_is_the_one_that_rotates() -> None:
    items = backups(11, *range(1, 10))
    assert kept(LM, items) == ["b11", *(f"b{n}" for n in range(9, 0, -1))]
    (dropped,) = [d for d in points.keep(LM, items, TEN, "UTC") if not d.kept]
    assert (dropped.name, dropped.reason) == (
        "b10",
        "beyond 10 restore points, locked ones among them",
    )


def test_a_base_kept_for_its_incrementals_is_no_point() -> None:
    items = backups(12, base_every=12)
    assert kept(LM, items) == [*(f"b{n}" for n in range(12, 2, -1)), "b1"]
    items[2] = items[2]._replace(locked=True)
    assert kept(LM, items) == [*(f"b{n}" for n in range(12, 2, -1)), "b1"]


@given(
    st.integers(1, 25),
    st.sets(st.integers(1, 25)),
    st.integers(1, 7),
    st.integers(1, 6),
    st.integers(0, 3),
)
def test_never_more_than_the_rule_says_but_for_locks_and_bases(
    count: int, locked: set[int], every: int, last: int, monthly: int
) -> None:
    items, rule = backups(count, *locked, base_every=every), Rule(last=last, monthly=monthly)
    there = {item.name: item for item in items}
    names = set(kept(LM, items, rule))
    needed = {there[name].base for name in names}
    free = [n for n in names if not there[n].locked and n not in needed]
    assert f"b{count}" in names
    assert {item.name for item in items if item.locked} <= names
    assert all(there[name].base is None or there[name].base in names for name in names)
    assert len(free) <= max(1, sum(rule) - sum(there[n].locked for n in names))
    usual = {d.name for d in retention.keep(items, rule, "UTC") if d.kept}
    assert names <= usual


@given(
    st.integers(1, 15),
    st.sets(st.integers(1, 15)),
    st.sets(st.integers(1, 15)),
    st.integers(1, 4),
    st.builds(Rule, *(st.integers(0, 4) for _ in Rule._fields)),
    st.sampled_from([LM, DISK]),
)
def test_what_turns_out_not_to_be_good_never_makes_more_go(
    count: int, locked: set[int], bad: set[int], every: int, rule: Rule, identity: str
) -> None:
    items = backups(count, *locked, base_every=every)
    seen = [item._replace(good=item.sequence not in bad) for item in items]
    assert set(kept(identity, items, rule)) <= set(kept(identity, seen, rule))
