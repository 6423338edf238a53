"""Keys that an apply makes, told to the nodes that are to let them in, in the same apply."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from cases.make import KEY
from engine.samples import HELLO, ORDER, Line
from engine.test_moved import move
from holdfast.engine.apply import apply
from holdfast.errors import Unreachable
from holdfast.plan.change import Action, Change
from holdfast.plan.plan import Plan
from holdfast.plan.resource import Address

if TYPE_CHECKING:
    from collections.abc import Iterator

    from holdfast.engine.report import Report

MADE = Change(
    Action.CREATE, Address("node", "bkp", "identity"), None, {"key": None}, unknown=("key",)
)
LET_IN = Change(
    Action.CREATE,
    Address("node", "cn", "peer", "bkp"),
    None,
    {"key": None, "from": [], "definitions": {}},
    unknown=("key",),
)
BESIDE = Change(Action.CREATE, Address("node", "cn", "storage", "s"), None, {"place": "/b"})


class Nodes:
    """Nodes that do what they are asked and tell a key; `asked` says which node for what."""

    def __init__(self, key: object = KEY, bad: tuple[str, ...] = ()) -> None:
        self.key = key
        self.bad = bad
        self.asked: list[tuple[str, list[Any]]] = []

    def send(self, node: str, request: bytes) -> Iterator[Line]:
        ops = json.loads(request)["ops"]
        self.asked.append((node, [(op["kind"], op["after"]) for op in ops]))
        if node in self.bad:
            raise Unreachable(node, "cut")
        yield HELLO
        for op in ops:
            found = {"key": self.key} if op["kind"] == "identity" else op["after"]
            line = {"type": "outcome", "kind": op["kind"], "name": op["name"], "status": "done"}
            yield {**line, "message": "", "attributes": found}


def run(nodes: Nodes, *changes: Change) -> tuple[Report, dict[str, str]]:
    report = apply(Plan("lab", changes), ORDER, nodes.send, lambda _: None, 4)
    assert len(report.outcomes) == len(changes)
    return report, {o.change.address.kind: f"{o.status} {o.message}" for o in report.outcomes}


def test_a_key_is_let_in_by_a_second_session_once_it_is_known() -> None:
    nodes = Nodes()
    report, _ = run(nodes, MADE, LET_IN, BESIDE)
    assert report.exit_code == 0
    assert nodes.asked[-1] == ("cn", [("peer", {"key": KEY, "from": [], "definitions": {}})])
    assert sorted(node for node, _ in nodes.asked) == ["bkp", "cn", "cn"]


def test_a_key_that_is_known_needs_no_second_session() -> None:
    known = Change(Action.CREATE, LET_IN.address, None, {"key": KEY})
    nodes = Nodes()
    run(nodes, known, BESIDE)
    assert [node for node, _ in nodes.asked] == ["cn"]


@pytest.mark.parametrize("key", [None, "", "ssh-ed25519 AAAA", KEY + "\nssh-rsa AAAA", 5])
def test_what_is_no_key_is_not_let_in(key: object) -> None:
    nodes = Nodes(key)
    report, ended = run(nodes, MADE, LET_IN)
    assert report.exit_code == 3
    assert ended["peer"] == "skipped node bkp has told no key: apply its identity, too"
    assert [node for node, _ in nodes.asked] == ["bkp"]


def test_a_node_that_cannot_make_its_key_is_not_let_in_and_the_rest_is_done() -> None:
    report, ended = run(Nodes(bad=("bkp",)), MADE, LET_IN, BESIDE)
    assert report.exit_code == 3
    assert ended["peer"].startswith("skipped node bkp has told no key")
    assert ended["storage"].strip() == "done"


def test_a_node_that_failed_before_is_not_asked_again() -> None:
    nodes = Nodes(bad=("cn",))
    _, ended = run(nodes, MADE, LET_IN, BESIDE)
    assert ended["peer"] == "skipped an earlier change on this node failed"
    assert sorted(node for node, _ in nodes.asked) == ["bkp", "cn"]


def test_a_door_stays_open_while_the_definition_behind_it_could_not_move() -> None:
    shut = Change(Action.DELETE, Address("node", "cn", "peer", "n1"), {"key": KEY}, None)
    _, ended = run(Nodes(bad=("n2",)), *move("n1", "n2"), shut)
    assert ended["peer"] == "skipped a definition that was to move away still needs it"
    nodes = Nodes()
    run(nodes, *move("n1", "n2"), shut)
    assert nodes.asked[0][0] == "n2"
