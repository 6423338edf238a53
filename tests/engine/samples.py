"""Plans of many nodes, and nodes that answer as they are told."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from holdfast.engine.apply import Order
from holdfast.engine.author import Author
from holdfast.plan.change import Action, Change
from holdfast.plan.plan import Plan
from holdfast.plan.resource import Address

if TYPE_CHECKING:
    from collections.abc import Iterator

Line = dict[str, Any]
ORDER = Order((), Author("ci", "runner"), {})
HELLO = {"type": "hello", "protocol": 1, "agent": "a" * 64, "python": "3.9.2", "zone": "UTC"}


def plan(*nodes: str) -> Plan:
    """Return a plan that makes two storages on each node."""
    after = {"kind": "directory", "place": "/b", "marker": "ok"}
    return Plan(
        "lab",
        tuple(
            Change(Action.CREATE, Address("node", node, "storage", name), None, after)
            for node in nodes
            for name in ("s1", "s2")
        ),
    )


def outcome(name: str, status: str = "done", **members: Any) -> Line:
    line = {"type": "outcome", "kind": "storage", "name": name, "status": status, "message": ""}
    return {**line, "attributes": None, **members}


def done(_node: str, request: bytes) -> Iterator[Line]:
    """Do all that is asked."""
    yield HELLO
    for op in json.loads(request)["ops"]:
        yield outcome(op["name"])
