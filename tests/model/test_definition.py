from __future__ import annotations

import pytest
from pydantic import ValidationError

from holdfast.model.definition import NEEDS, USES, Defaults, Definition
from holdfast.model.retention import Retention

RAW = {
    "name": "daily",
    "sources": ["web01:1"],
    "storage": "nas",
    "schedule": " 0  2 * * * ",
    "retention": "14",
}


def test_what_is_not_said_has_its_default() -> None:
    definition = Definition.model_validate(RAW)
    assert definition.schedule == "0 2 * * *"
    assert definition.retention.counts == {"last": 14}
    assert (definition.timezone, definition.timeout, definition.catch_up) == ("UTC", 14400, 0)
    assert definition.bandwidth_limit is None
    assert definition.active is True


def test_every_field_is_used_by_some_kind_and_every_need_is_a_field() -> None:
    fields = set(Definition.model_fields)
    assert set().union(*USES.values()) == fields
    assert set().union(*NEEDS.values()) <= fields
    assert set(Defaults.model_fields) == fields - {"name", "sources", "was"}


@pytest.mark.parametrize(
    ("sources", "kind"),
    [
        (["web01:1"], "file"),
        (["db*:1"], "file"),
        ([{"servers": {}}], "file"),
        (["lm-1"], "loadmaster"),
        (["lm-*"], "loadmaster"),
        ([{"loadmasters": {}}], "loadmaster"),
    ],
)
def test_the_sources_say_the_kind(sources: list[object], kind: str) -> None:
    assert Definition.model_validate({**RAW, "type": "file", "sources": sources}).kind == kind


def test_encryption_is_chosen_in_so_many_letters() -> None:
    assert Definition.model_validate({**RAW, "encrypt_to": "none"}).encrypt_to == ()
    assert Definition.model_validate(RAW).encrypt_to is None
    for value in ([], "off", "", {}):
        with pytest.raises(ValidationError):
            Definition.model_validate({**RAW, "encrypt_to": value})


def test_a_retention_counts_what_is_written() -> None:
    grid = Retention.model_validate({"last": "3", "weekly": "8"})
    assert grid.counts == {"last": 3, "weekly": 8}
    assert grid.most == 11
    assert Retention.model_validate("14") == Retention.model_validate({"last": "14"})


def test_a_model_is_frozen() -> None:
    definition = Definition.model_validate(RAW)
    with pytest.raises(ValidationError):
        definition.storage = "zones"  # type: ignore[misc]  # that is what is tested
