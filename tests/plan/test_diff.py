"""diff, patch and the order of an apply."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from holdfast.agent import canonical
from holdfast.plan.actual import Applied
from holdfast.plan.change import Action, Cause
from holdfast.plan.diff import apply_order, diff, patch
from holdfast.plan.fields import fields
from holdfast.plan.resource import Address, Resource
from plan.samples import definition, resources

if TYPE_CHECKING:
    from random import Random


@given(resources(), resources())
def test_applying_the_difference_leads_to_the_desired(
    desired: list[Resource], actual: list[Resource]
) -> None:
    wanted = {resource.address: resource.attributes for resource in desired}
    assert patch(diff(desired, actual), actual) == wanted


@given(resources(), resources())
def test_the_difference_is_empty_exactly_when_all_is_equal(
    desired: list[Resource], actual: list[Resource]
) -> None:
    want = {resource.address: resource.attributes for resource in desired}
    have = {resource.address: resource.attributes for resource in actual}
    assert (diff(desired, actual) == ()) == (want == have)
    assert diff(desired, desired) == ()


@given(resources(), resources(), st.randoms(use_true_random=False))
def test_the_order_of_answers_does_not_matter(
    desired: list[Resource], actual: list[Resource], random: Random
) -> None:
    shuffled = random.sample(desired, len(desired)), random.sample(actual, len(actual))
    assert diff(*shuffled) == diff(desired, actual)


@given(resources(), resources())
def test_fields_are_listed_exactly_where_something_differs(
    desired: list[Resource], actual: list[Resource]
) -> None:
    for change in diff(desired, actual):
        if change.action is Action.UPDATE:
            assert fields(change), canonical.dumps([change.before, change.after])


def test_a_hand_edit_is_drift_and_not_a_change() -> None:
    wanted, edited = definition(), definition(cron=[])
    (change,) = diff([wanted], [edited], {edited.address: Applied(wanted.attributes)})
    assert change.action is Action.UPDATE
    assert change.causes == {Cause.DRIFT}
    assert change.applied == wanted.attributes


def test_a_new_wish_is_a_change_and_not_drift() -> None:
    (change,) = diff([definition(retention={"last": 7})], [definition()])
    assert change.causes == {Cause.CHANGE}


def test_a_line_can_be_both() -> None:
    there = definition(cron=[])
    record = {there.address: Applied(definition().attributes)}
    (change,) = diff([definition(retention={"last": 7})], [there], record)
    assert change.causes == {Cause.CHANGE, Cause.DRIFT}


def test_a_hand_edit_that_is_declared_by_now_is_only_recorded() -> None:
    edited = definition(schedule="0 5 * * *")
    (change,) = diff([edited], [edited], {edited.address: Applied(definition().attributes)})
    assert change.action is Action.NO_OP
    assert change.causes == {Cause.CHANGE, Cause.DRIFT}


def test_what_was_removed_by_hand_is_made_again_as_drift() -> None:
    wanted = definition()
    (change,) = diff([wanted], [], {wanted.address: Applied(wanted.attributes)})
    assert (change.action, change.causes) == (Action.CREATE, {Cause.DRIFT})


def test_a_removed_definition_is_forgotten_and_a_secret_deleted() -> None:
    secret = Resource(Address("node", "n1", "secret", "lm.api_key"), {"present": True})
    actions = {change.address.kind: change.action for change in diff([], [definition(), secret])}
    assert actions == {"definition": Action.FORGET, "secret": Action.DELETE}


def test_another_machine_under_an_old_name_is_a_replacement() -> None:
    (change,) = diff([definition(uuid="00000000-0000-0000-0000-000000000001")], [definition()])
    assert change.action is Action.REPLACE


def test_a_renamed_definition_is_updated_in_place() -> None:
    old, new = definition(name="nightly@web01:1"), definition()
    renamed = Resource(new.address, new.attributes, previous=old.address)
    (change,) = diff([renamed], [old])
    assert (change.action, change.previous) == (Action.UPDATE, old.address)
    assert patch([change], [old]) == {new.address: new.attributes}


def test_destructive_changes_stand_first() -> None:
    changes = diff([definition(name="new@web01:1")], [definition(name="old@web01:1")])
    assert [change.action for change in changes] == [Action.FORGET, Action.CREATE]


def test_an_apply_makes_the_agent_first_and_takes_it_away_last() -> None:
    agent = Resource(Address("node", "bkp01", "agent"), {"sha256": "1"})
    storage = Resource(Address("node", "bkp01", "storage", "nas"), {"place": "/x"})
    everything = [definition(), storage, agent]
    made = apply_order(diff(everything, []))
    assert [change.address.kind for change in made] == ["agent", "storage", "definition"]
    taken = apply_order(diff([], everything))
    assert [change.address.kind for change in taken] == ["definition", "storage", "agent"]
