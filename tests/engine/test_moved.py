"""A promise that moves to another node is forgotten by the old one only when the new one has it."""

from __future__ import annotations

import json
import os
import signal
import threading
from typing import TYPE_CHECKING, Any

import pytest

from cases.make import AGENT, answers
from engine.samples import HELLO, ORDER, Line
from engine.test_moves import forgotten, wishes
from engine.test_moves import plan as proposed
from holdfast.desired.node import Wishes
from holdfast.engine import decode
from holdfast.engine.apply import apply
from holdfast.engine.moves import stuck
from holdfast.engine.observe import Observation
from holdfast.engine.propose import propose
from holdfast.errors import Unreachable
from holdfast.inventory.load import load
from holdfast.inventory.select import promises
from holdfast.plan.actual import Unread
from holdfast.plan.change import Action, Change
from holdfast.plan.plan import Plan
from holdfast.plan.resource import Address
from holdfast.plan.scope import Scope

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from holdfast.engine.report import Report

DAILY = "daily@web01:1"


def at(node: str, name: str = DAILY, kind: str = "definition") -> Address:
    return Address("node", node, kind, name)


def move(old: str, new: str, name: str = DAILY, was: tuple[str, ...] = ()) -> list[Change]:
    """Return the changes of a promise that moves, under its name or another."""
    before = was[0] if was else name
    return [
        Change(Action.FORGET, at(old, before), {"x": 1}, None),
        Change(Action.CREATE, at(new, name), None, {"x": 1, "was": list(was)}),
    ]


class Nodes:
    """Nodes that do what they are asked; those in `bad` fail, and `begun` says who was asked."""

    def __init__(self, *bad: str) -> None:
        self.bad = bad
        self.begun: list[tuple[str, list[str]]] = []

    def send(self, node: str, request: bytes) -> Iterator[Line]:
        ops: list[Any] = json.loads(request)["ops"]
        words = [f"{'-' if op['after'] is None else '+'}{op['kind']}" for op in ops]
        self.begun.append((node, words))
        if node in self.bad:
            raise Unreachable(node, "cut")
        yield HELLO
        for op in ops:
            yield {
                "type": "outcome",
                "kind": op["kind"],
                "name": op["name"],
                "status": "done",
                "message": "",
                "attributes": None,
            }


def run(changes: list[Change], nodes: Nodes) -> tuple[Report, dict[str, str]]:
    report = apply(Plan("lab", tuple(changes)), ORDER, nodes.send, lambda _: None, 4)
    assert len(report.outcomes) == len(changes)
    return report, {str(o.change.address): f"{o.status} {o.message}" for o in report.outcomes}


# The old home sorts before the new one, and after it.
@pytest.mark.parametrize(("old", "new"), [("n1", "n2"), ("n2", "n1")])
@pytest.mark.parametrize("was", [(), ("former@web01:1",)])
def test_the_new_home_comes_first(old: str, new: str, was: tuple[str, ...]) -> None:
    nodes = Nodes()
    report, _ = run(move(old, new, was=was), nodes)
    assert report.exit_code == 0
    assert nodes.begun == [(new, ["+definition"]), (old, ["-definition"])]


def test_a_move_that_fails_leaves_the_old_home_alone() -> None:
    beside = Change(Action.FORGET, at("n1", "s", "storage"), {"x": 1}, None)
    agent = Change(Action.DELETE, at("n1", "", "agent"), {"x": 1}, None)
    made = Change(Action.CREATE, at("n1", "t", "storage"), None, {"x": 1})
    other = Change(Action.FORGET, at("n1", "other@web01:2"), {"x": 1}, None)
    nodes = Nodes("n2")
    report, ended = run([*move("n1", "n2"), beside, agent, made, other], nodes)
    assert report.exit_code == 3
    assert ended[str(at("n1"))] == (
        "skipped its new home, node n2, does not have it: it stays here"
    )
    for kept in (beside, agent):
        assert ended[str(kept.address)] == (
            "skipped a definition that was to move away still needs it"
        )
    assert ended[str(made.address)].strip() == ended[str(other.address)].strip() == "done"


def test_two_that_change_places_both_move() -> None:
    nodes = Nodes()
    report, _ = run([*move("n1", "n2"), *move("n2", "n1", "weekly@web01:1")], nodes)
    assert report.exit_code == 0
    assert sorted(nodes.begun[:2]) == [("n1", ["+definition"]), ("n2", ["+definition"])]
    assert sorted(nodes.begun[2:]) == [("n1", ["-definition"]), ("n2", ["-definition"])]


def test_a_node_that_failed_is_not_asked_again() -> None:
    made = Change(Action.CREATE, at("n1", "t", "storage"), None, {"x": 1})
    nodes = Nodes("n1")
    _, ended = run([*move("n1", "n2"), made], nodes)
    assert ended[str(at("n1"))] == "skipped an earlier change on this node failed"
    assert sorted(node for node, _ in nodes.begun) == ["n1", "n2"]


def test_a_node_that_nothing_moves_from_has_one_session() -> None:
    gone = Change(Action.FORGET, at("n1"), {"x": 1}, None)
    made = Change(Action.CREATE, at("n1", "t", "storage"), None, {"x": 1})
    nodes = Nodes()
    run([gone, made], nodes)
    assert nodes.begun == [("n1", ["-definition", "+storage"])]


def test_an_interrupt_between_the_rounds_forgets_nothing() -> None:
    class Interrupted(Nodes):
        def send(self, node: str, request: bytes) -> Iterator[Line]:
            os.kill(os.getpid(), signal.SIGINT)
            threading.Event().wait(0.3)  # the main thread sees it meanwhile
            yield from super().send(node, request)

    report, ended = run(move("n1", "n2"), Interrupted())
    assert report.exit_code == 130
    assert ended[str(at("n1"))] == "skipped the apply was interrupted"


def test_what_was_refused_beforehand_counts_as_not_made() -> None:
    changes = move("n1", "n2")
    assert set(stuck(changes, {at("n2")})) == {at("n1")}
    assert stuck(changes, set()) == {}


def test_a_move_of_which_only_one_half_is_looked_at_is_not_begun(tmp_path: Path) -> None:
    moved = {"home": "n2", "node": "n2"}
    assert forgotten(proposed(tmp_path, **moved))
    assert forgotten(proposed(tmp_path, scope=Scope(("node/n1/*",)), **moved)) == []
    assert forgotten(proposed(tmp_path, scope=Scope((), ("node/n2/*",)), **moved)) == []


def test_a_retired_node_stays_while_its_promise_has_no_home(tmp_path: Path) -> None:
    said = answers(wishes(tmp_path / "x"), {})
    actual = (decode.actual("n1", said["n1"]),)
    wishes(tmp_path / "x", home="n2", node="n2")
    file = tmp_path / "x/inventory.yaml"
    text = file.read_text(encoding="utf-8").replace("n1: {", "n1: {retired: true, ")
    file.write_text(text, encoding="utf-8")
    inventory = load(tmp_path / "x")
    after = Wishes(inventory, promises(inventory), AGENT)
    found = propose(after, Observation(actual, (Unread("n2", "cable", 3),)), Scope())
    assert forgotten(found) == []
