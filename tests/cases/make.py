"""Builds the answers of nodes for the cases: what an agent would say after an apply, edited."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from holdfast.desired.node import Wishes, desired
from holdfast.engine import decode
from holdfast.inventory.load import load
from holdfast.inventory.select import promises
from holdfast.plan.resource import Resource

if TYPE_CHECKING:
    from pathlib import Path

AGENT = "a" * 64
KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIMrW2n3dzwZWGCRTpjSeKXuXWGTkVBLjPcCBJxrS9nOr"
HELLO = {"type": "hello", "protocol": 1, "agent": AGENT, "python": "3.11.2", "zone": "Etc/UTC"}
Line = dict[str, Any]


def wished(folder: Path, text: str) -> Wishes:
    """Return what an inventory of one file asks for."""
    folder.mkdir(exist_ok=True)
    (folder / "inventory.yaml").write_text(text, encoding="utf-8")
    inventory = load(folder)
    return Wishes(inventory, promises(inventory), AGENT)


def answers(wishes: Wishes, edits: dict[str, Any]) -> dict[str, list[Line]]:
    """Return each node's answer: as applied, but for the edits.

    An edit of a node: `absent: true` (no agent), `unread: reason`, or by address below the node
    `attributes` to change (null: gone), `applied`, `backups`, `matches`; `extra` are lines to add,
    `silent` the LoadMasters that tell nothing, each with a reason.
    """
    result = {}
    for node in wishes.inventory.nodes:
        edit = edits.get(node, {})
        if edit.get("absent"):
            result[node] = [{**HELLO, "agent": "absent", "remains": False}]
        else:
            lines = [HELLO, *(_line(r, edit) for r in _applied(wishes, node))]
            result[node] = [line for line in lines if not _silenced(line, edit)]
            result[node] += edit.get("extra", []) + list(_silent(edit))
    return result


def _silent(edit: dict[str, Any]) -> list[Line]:
    return [
        {"type": "silent", "name": name, "status": "timeout", "message": reason}
        for name, reason in edit.get("silent", {}).items()
    ]


def _silenced(line: Line, edit: dict[str, Any]) -> bool:
    return line.get("kind") == "automated-backup" and line["name"] in edit.get("silent", {})


def _applied(wishes: Wishes, node: str) -> list[Resource]:
    empty = [decode.actual(name, [HELLO]) for name in wishes.inventory.nodes]
    wanted = (item for item in desired(wishes, empty) if isinstance(item, Resource))
    return [item for item in wanted if item.address.target == node]


def _line(resource: Resource, edit: dict[str, Any]) -> Line:
    kind, name = resource.address.named
    key = "/".join(part for part in (kind, name) if part)
    changed = edit.get("resources", {}).get(key, {})
    attributes: Any = dict(resource.attributes)
    attributes |= dict.fromkeys(resource.unknown, KEY)  # known after the apply
    applied: Any = True
    if "attributes" in changed:
        applied = attributes
        attributes = changed["attributes"] and {**attributes, **changed["attributes"]}
    line = {
        "type": "resource",
        "kind": kind,
        "name": name,
        "attributes": attributes,
        "applied": changed.get("applied", applied),
    }
    if kind == "secret":
        line["matches"] = changed.get("matches", True)
    return line | ({"backups": changed["backups"]} if "backups" in changed else {})
