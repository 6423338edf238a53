"""Builds the answers of nodes for the cases: what an agent would say after an apply, edited."""

from __future__ import annotations

from typing import Any

from holdfast.desired.node import Wishes, desired
from holdfast.engine import decode
from holdfast.plan.resource import Resource

AGENT = "a" * 64
KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIMrW2n3dzwZWGCRTpjSeKXuXWGTkVBLjPcCBJxrS9nOr"
HELLO = {"type": "hello", "protocol": 1, "agent": AGENT, "python": "3.11.2", "zone": "Etc/UTC"}
Line = dict[str, Any]


def answers(wishes: Wishes, edits: dict[str, Any]) -> dict[str, list[Line]]:
    """Return each node's answer: as applied, but for the edits.

    An edit of a node: `absent: true` (no agent), `unread: reason`, or by address below the node
    `attributes` to change (null: gone), `applied`, `backups`; `extra` are lines to add.
    """
    result = {}
    for node in wishes.inventory.nodes:
        edit = edits.get(node, {})
        if edit.get("absent"):
            result[node] = [{**HELLO, "agent": "absent", "remains": False}]
        else:
            lines = [HELLO, *(_line(r, edit) for r in _applied(wishes, node))]
            result[node] = lines + edit.get("extra", [])
    return result


def _applied(wishes: Wishes, node: str) -> list[Resource]:
    empty = [decode.actual(name, [HELLO]) for name in wishes.inventory.nodes]
    wanted = (item for item in desired(wishes, empty) if isinstance(item, Resource))
    return [item for item in wanted if item.address.target == node]


def _line(resource: Resource, edit: dict[str, Any]) -> Line:
    key = "/".join(part for part in resource.address[2:] if part)
    changed = edit.get("resources", {}).get(key, {})
    attributes: Any = dict(resource.attributes)
    attributes |= dict.fromkeys(resource.unknown, KEY)  # known after the apply
    applied: Any = True
    if "attributes" in changed:
        applied = attributes
        attributes = changed["attributes"] and {**attributes, **changed["attributes"]}
    line = {
        "type": "resource",
        "kind": resource.address.kind,
        "name": resource.address.name,
        "attributes": attributes,
        "applied": changed.get("applied", applied),
    }
    return line | ({"backups": changed["backups"]} if "backups" in changed else {})
