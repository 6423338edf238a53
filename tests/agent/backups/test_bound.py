"""What goes at once: bases after their incrementals, and no more than came or was approved."""

from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from agent.backups.test_retention import RULES, candidates
from holdfast.agent.backups.bound import Bound, bound
from holdfast.agent.backups.retention import Candidate, Decision, Rule, keep

NOW = datetime(2026, 11, 22, tzinfo=UTC)


def decided(items: list[Candidate], last: int, new: int, *approved: str) -> Bound:
    return bound(items, keep(items, Rule(last=last), "UTC"), approved, new)


def chain(*bases: int | None) -> list[Candidate]:
    """Return backups b1, b2, ... each with the number of its base."""
    return [
        Candidate(f"b{number}", number, NOW, None if base is None else f"b{base}")
        for number, base in enumerate(bases, 1)
    ]


def test_a_base_goes_with_the_last_that_needed_it_and_after_it() -> None:
    items = chain(None, 1, 1, None, 4, 4)
    assert decided(items[1:], 3, 1) == Bound(("b2",), ("b3",))
    assert decided([items[0], *items[2:]], 3, 1) == Bound(("b3", "b1"), ())


def test_a_base_waits_while_one_that_needs_it_waits_though_it_was_approved() -> None:
    items = chain(None, 1, 1, None, None)
    assert decided(items, 2, 1, "b1") == Bound(("b2",), ("b3", "b1"))
    assert decided(items, 2, 0, "b1", "b2") == Bound(("b2",), ("b3", "b1"))
    assert decided(items, 2, 0, "b2", "b3") == Bound(("b2", "b3", "b1"), ())


def test_a_base_that_nothing_needs_is_one_old_backup_like_any_other() -> None:
    assert decided(chain(None, None, None), 1, 1) == Bound(("b1",), ("b2",))


@given(candidates(), RULES, st.sets(st.integers(1, 14)), st.integers(0, 3))
def test_what_is_left_is_whole_at_any_moment_of_a_rotation(
    items: list[Candidate], rule: Rule, agreed: set[int], new: int
) -> None:
    approved = {f"b{number}" for number in agreed}
    decisions = keep(items, rule, "UTC")
    found = bound(items, decisions, approved, new)
    dropped = {each.name for each in decisions if not each.kept}
    assert {*found.removed, *found.waiting} == dropped
    assert len(found.removed) + len(found.waiting) == len(dropped)
    here = {item.name: item for item in items}
    there = set(here)
    for name in found.removed:
        there.remove(name)
        assert not [each for each in there if here[each].base == name]
    needed = {item.base for item in items}
    free = [name for name in found.removed if name not in approved | needed]
    assert len(free) <= new


def test_decisions_of_others_do_not_matter() -> None:
    assert bound([], [Decision("x", kept=False, reason="")], (), 1) == Bound((), ())
