"""Definitions of a node: typed, and nonsense refused with its name."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from agent.desk import ID, Desk, definition
from holdfast.agent import definition as definitions
from holdfast.agent.backups.retention import Rule
from holdfast.agent.failure import Malformed
from holdfast.agent.fields import Fields

if TYPE_CHECKING:
    from pathlib import Path


def test_a_definition_is_typed(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.define(retention={"last": 3, "daily": 7})
    loaded = definitions.load(desk.layout, ID)
    assert loaded is not None
    assert loaded.retention == Rule(last=3, daily=7)
    assert (loaded.name, loaded.folder) == ("weekly", "web01/disk2")
    assert definitions.load(desk.layout, "other@web01:2") is None


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"server": "../.."}, "`definition` must be of weekly@web01:2"),
        ({"disk": -1}, "`disk` must be a whole number"),
        ({"timeout": 0}, "`timeout` must be a whole number from 1"),
        ({"retention": {"last": 0}}, "`last` must be a whole number from 1"),
        ({"retention": {"fortnightly": 1}}, "`fortnightly` must be absent"),
        ({"storage": "a/b"}, "`storage` must be a name"),
        ({"was": ["../x@web01:2"]}, "`was` must be a list of IDs"),
        ({"active": "true"}, "`active` must be true or false"),
        ({"encrypt_to": "age1"}, "`encrypt_to` must be a list"),
        ({"freeze": "maybe"}, "`freeze` must be one of"),
        (
            {"source": {"kind": "image", "place": "a\0b", "node": "n"}},
            "`place` must be an absolute",
        ),
    ],
)
def test_nonsense_is_refused(change: dict[str, object], said: str) -> None:
    with pytest.raises(Malformed, match=said):
        definitions.from_fields(ID, Fields(definition(**change), ID))


@pytest.mark.parametrize(
    "member", [name for name in definition() if name not in ("cron", "description")]
)
def test_each_member_must_be_there(member: str) -> None:
    document = definition()
    del document[member]
    with pytest.raises(Malformed, match=f"`{member}` is missing"):
        definitions.from_fields(ID, Fields(document, ID))


def test_a_file_that_is_no_json_is_not_taken_for_absent(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.put_json(f"definitions/{ID}.json", [])
    with pytest.raises(Malformed, match="is not a JSON object"):
        definitions.load(desk.layout, ID)
    desk.put(f"etc/holdfast/prg/definitions/{ID}.json", json.dumps(definition())[:-9])
    with pytest.raises(Malformed, match="is not JSON"):
        definitions.load(desk.layout, ID)
