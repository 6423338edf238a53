"""Plans to JSON and back."""

from __future__ import annotations

import json

import pytest
from hypothesis import given

from holdfast.errors import PlanFileError
from holdfast.plan import planfile
from holdfast.plan.actual import Applied, Unread
from holdfast.plan.diff import diff
from holdfast.plan.guard import Check
from holdfast.plan.loss import Loss
from holdfast.plan.plan import Plan, Unknown
from holdfast.plan.resource import Address, Resource
from holdfast.problem import Place, Problem, Severity
from plan.samples import definition, resources

FULL = Plan(
    "lab",
    diff([definition()], [definition(cron=[])], {definition().address: Applied(None)}),
    (
        Problem("node/bkp01/storage/nas", "", "not there", "mount it"),
        Problem(Place("a.yaml", 1, 2), "nodes.x", "odd", severity=Severity.WARNING),
    ),
    (Check("forget", "too many"), Check("lose")),
    (Loss(definition().address, "daily-1", "2026-11-01T02:00:00Z", 9, "last 1"),),
    (Unknown(Address("node", "bkp01", "reader"), "not set"),),
    (Unread("bkp02", "cable", 3),),
    ("moves",),
    {"bkp01": "00"},
    ("--target x",),
)


@given(resources(), resources())
def test_a_plan_comes_back_as_it_was_saved(desired: list[Resource], actual: list[Resource]) -> None:
    plan = Plan("lab", diff(desired, actual))
    assert planfile.loads(planfile.dumps(plan)) == plan


def test_every_part_comes_back() -> None:
    assert planfile.loads(planfile.dumps(FULL)) == FULL


def test_the_shape_is_that_of_opentofu() -> None:
    document = json.loads(planfile.dumps(FULL))
    (change,) = document["resource_changes"]
    assert change["address"] == "node/bkp01/definition/daily@web01:1"
    assert set(change["change"]) == {
        *("actions", "before", "after", "after_unknown", "before_sensitive", "after_sensitive"),
    }
    assert change["change"]["actions"] == ["update"]
    assert document["resource_drift"][0]["change"]["actions"] == ["create"]
    assert document["scope"]["complete"] is False
    assert document["checks"][0]["accept"] == f"forget@{FULL.digest}"
    assert document["summary"]["lost"] == 1


@pytest.mark.parametrize(
    "text", ["", "[]", "null", "{}", '{"format_version": "2.0"}', '{"format_version": "1.0"}']
)
def test_what_is_no_plan_is_refused(text: str) -> None:
    with pytest.raises(PlanFileError, match="not a plan"):
        planfile.loads(text)


def test_an_altered_plan_is_refused() -> None:
    text = planfile.dumps(FULL).replace("/images/web01.raw", "/images/db01.raw")
    with pytest.raises(PlanFileError, match="altered"):
        planfile.loads(text)
