"""What is refused before anything is done with it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from agent.installed import ID, change, promise
from holdfast.agent.protocol import request
from holdfast.agent.protocol.request import Refusal

GOOD: dict[str, Any] = {"protocol": 1, "inventory": "prg", "was": [], "ops": [{"op": "read"}]}


def parse(**members: object) -> request.Request:
    return request.parse(json.dumps({**GOOD, **members}).encode())


def test_a_request_is_typed() -> None:
    op = change("definition", ID, None, promise(), previous="daily@web01:2")
    asked = parse(was=["old"], by={"user": "ci"}, ops=[op])
    assert (asked.inventory, asked.was, asked.by) == ("prg", ["old"], {"user": "ci"})
    (only,) = asked.ops
    assert (only.kind, only.name, only.previous) == ("definition", ID, "daily@web01:2")
    assert (only.before, only.after) == ("absent", promise())


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b'{"protocol": 1',
        b"[]",
        b"\xff",
        b'{"protocol": NaN}',
        b'{"inventory": "\\ud800"}',
        b"[" * 100_000,
    ],
)
def test_what_is_no_request_is_refused(content: bytes) -> None:
    with pytest.raises(Refusal) as caught:
        request.parse(content)
    assert caught.value.code == "request"


@pytest.mark.parametrize("protocol", [0, 2, "1", None])
def test_another_protocol_is_refused(protocol: object) -> None:
    with pytest.raises(Refusal) as caught:
        parse(protocol=protocol)
    assert caught.value.code == "protocol"


@pytest.mark.parametrize(
    "inventory", ["", "a.b", "../x", "a/b", "-a", "a" * 33, "a\n", "ä", 7, None]
)
def test_a_bad_inventory_is_refused(inventory: object) -> None:
    with pytest.raises(Refusal):
        parse(inventory=inventory)
    with pytest.raises(Refusal):
        parse(was=[inventory])


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("definition", "../../etc/passwd"),
        ("definition", "daily@web01:x"),
        ("definition", "daily@web01:1/x"),
        ("definition", "daily@web01:1\n* * * * * root id"),
        ("definition", "daily@lm.approved"),
        ("definition", "daily"),
        ("storage", ".."),
        ("storage", ".hidden"),
        ("secret", "a/b"),
        ("secret", "key.version"),
        ("agent", "x"),
        ("reader", "x"),
        ("shell", "x"),
    ],
)
def test_a_name_that_could_be_a_path_is_refused(kind: str, name: str) -> None:
    with pytest.raises(Refusal):
        parse(ops=[change(kind, name, None, {})])


@pytest.mark.parametrize(
    "ops",
    [
        {},
        ["read"],
        [{"op": "delete"}],
        [{"op": "apply"}],
        [{**change("storage", "nas", None, {}), "after": []}],
        [{**change("storage", "nas", None, {}), "extra": []}],
        [{**change("storage", "nas", None, {}), "previous": 7}],
        [change("storage", "nas", None, {})] * 2,
        [{"op": "read", "secrets": {"a": {}}}] * 2,
        [{"op": "read", "wanted": []}],
    ],
)
def test_ops_of_another_shape_are_refused(ops: object) -> None:
    with pytest.raises(Refusal) as caught:
        parse(ops=ops)
    assert caught.value.code == "request"


def test_a_request_without_end_is_refused() -> None:
    with pytest.raises(Refusal, match="larger"):
        request.parse(b" " * (request.LARGEST + 1))
