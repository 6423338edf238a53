"""Versions of secrets: one more where the value is not what lies there."""

from __future__ import annotations

import pytest

from holdfast.desired.secret import Wanted, secrets
from holdfast.model.secret import SecretRef
from holdfast.plan.plan import Unknown
from holdfast.plan.resource import Address, Resource
from holdfast.problem import Place

ADDRESS = Address("node", "n1", "secret", "lm1.api_key")
WISH = Wanted(ADDRESS, SecretRef("env", "X"), Place("a.yaml", 1, 1))


@pytest.mark.parametrize(
    ("held", "matches", "version"),
    [
        ({}, {}, 1),
        ({ADDRESS: {"version": 3}}, {ADDRESS: True}, 3),
        ({ADDRESS: {"version": 3}}, {ADDRESS: False}, 4),
        ({ADDRESS: {"version": 3}}, {}, 4),
        ({ADDRESS: {"version": None}}, {ADDRESS: False}, 1),
        ({ADDRESS: {"version": True}}, {ADDRESS: False}, 1),
        ({ADDRESS: {"version": "9"}}, {ADDRESS: False}, 1),
    ],
)
def test_a_version_is_one_more_unless_the_value_is_there(
    held: dict[Address, dict[str, object]], matches: dict[Address, bool], version: int
) -> None:
    (found,) = secrets([WISH], {ADDRESS}, held, matches)
    assert isinstance(found, Resource)
    assert found.attributes == {"present": True, "version": version}


def test_a_value_that_is_not_at_hand_is_unknown() -> None:
    (found,) = secrets([WISH], set(), {ADDRESS: {"version": 3}}, {})
    assert found == Unknown(ADDRESS, "env/X is not set here")


def test_under_its_old_name_it_stays_until_the_new_one_is_there() -> None:
    old = ADDRESS._replace(name="old.api_key")
    wish = Wanted(WISH.address, WISH.reference, WISH.source, (old, ADDRESS._replace(name="x")))
    held: dict[Address, dict[str, object]] = {old: {"version": 3}}
    assert {item.address for item in secrets([wish], set(), held, {})} == {ADDRESS, old}
    assert {item.address for item in secrets([wish], {ADDRESS}, held, {})} == {ADDRESS}
    held[ADDRESS] = {"version": 1}
    assert {item.address for item in secrets([wish], set(), held, {})} == {ADDRESS}
