"""What a plan must not do without consent to that very plan."""

from __future__ import annotations

from typing import TYPE_CHECKING

from holdfast.plan.diff import diff
from holdfast.plan.guard import forget_check, lose_check
from holdfast.plan.loss import Loss
from holdfast.plan.plan import Plan
from plan.samples import definition

if TYPE_CHECKING:
    from holdfast.plan.resource import Resource

NONE: frozenset[str] = frozenset()


def fleet(count: int, node: str = "bkp01") -> list[Resource]:
    """Return definitions of one node, two a source."""
    return [
        definition(node, f"{name}@web{number:02}:1")
        for number in range(count // 2)
        for name in ("daily", "weekly")
    ]


def test_forgetting_over_a_third_and_over_ten_is_refused() -> None:
    there = fleet(36)
    kept = [resource for resource in there if resource.address.name.startswith("weekly")]
    check = forget_check(diff(kept, there), there, NONE)
    assert check.refused == "18 of 36 definitions (50 %) are forgotten"


def test_forgetting_ten_is_no_mass() -> None:
    there = fleet(20)
    kept = there[1:20:2]
    assert forget_check(diff(kept, there), there, NONE).refused == ""


def test_forgetting_under_a_third_of_many_is_no_mass() -> None:
    there = fleet(100)
    kept = there[1:60:2] + there[60:]
    assert forget_check(diff(kept, there), there, NONE).refused == ""


def test_forgetting_all_of_a_node_is_refused() -> None:
    there = [*fleet(20), *fleet(2, "bkp02")]
    check = forget_check(diff(there[:20], there), there, NONE)
    assert check.refused == "all definitions of node bkp02 are forgotten"


def test_forgetting_all_of_a_source_is_refused() -> None:
    there = fleet(20)
    check = forget_check(diff(there[2:], there), there, NONE)
    assert check.refused == "all definitions of source web00:1 are forgotten"


def test_a_source_that_moves_to_another_node_is_not_forgotten() -> None:
    there = fleet(20)
    moved = [definition("bkp02", resource.address.name) for resource in there[:2]]
    assert forget_check(diff([*there[2:], *moved], there), there, NONE).refused == ""


def test_a_retired_node_was_given_up_by_name() -> None:
    there = [*fleet(20), *fleet(2, "bkp02")]
    retired = frozenset({"bkp02"})
    assert forget_check(diff(there[:20], there), there, retired).refused == ""


def test_consent_is_good_for_one_plan_only() -> None:
    there = fleet(2)
    changes = diff([], there)
    plan = Plan("lab", changes, checks=(forget_check(changes, there, NONE),))
    other = Plan("other", changes, checks=plan.checks)
    consent = frozenset({f"forget@{plan.digest}"})
    assert plan.refusals(NONE)
    assert plan.refusals(consent) == ()
    assert other.refusals(consent)
    assert plan.refusals(frozenset({f"lose@{plan.digest}"}))


def test_losing_backups_is_refused_and_counted() -> None:
    loss = Loss(definition().address, "daily-20261101_020000", "2026-11-01T02:00:00Z", 7, "last 1")
    assert lose_check([loss, loss]).refused == (
        "2 existing backups (14 bytes) would be rotated away"
    )
    assert lose_check([]).refused == ""
