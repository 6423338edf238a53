"""Definitions: that each says what its kind needs and no more, and where its backups can be put."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from holdfast.inventory.finding import Finding, meant
from holdfast.model.definition import NEEDS, USES, Definition

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from holdfast.inventory.inventory import Inventory
    from holdfast.inventory.select import Resolved
    from holdfast.model.definition import Kind

_WORDS = {
    "dataset": "a `type: dataset` definition",
    "file": "a `type: file` definition",
    "loadmaster": "a LoadMaster's definition",
}
Words = tuple[str, str, str]  # key, what, hint


def definitions(inventory: Inventory, resolved: Sequence[Resolved]) -> Iterator[Finding]:
    """Find fields that are missing or do nothing, and nodes and storages that will not do."""
    nodes: dict[int, set[str]] = {}
    for index, promise in resolved:
        nodes.setdefault(index, set()).add(promise.node)
    unfit = lru_cache(maxsize=None)(lambda *asked: tuple(_unfit(inventory, *asked)))
    for index, definition in enumerate(inventory.definitions):
        path = ("definitions", index)
        kind = definition.kind
        # A name without a disk that is no LoadMaster's says nothing of the kind that was meant.
        if index in nodes or kind != "loadmaster":
            for key, what, hint in _fields(definition):
                yield Finding((*path, key), what, hint)
        named = {definition.node} if definition.node and kind != "loadmaster" else set()
        for node in sorted(nodes.get(index, set()) | named):
            for key, what, hint in unfit(node, definition.storage, kind):
                yield Finding((*path, key), what, hint)


def _fields(definition: Definition) -> Iterator[Words]:
    kind = definition.kind
    for key in NEEDS[kind or "file"]:
        if key not in definition.model_fields_set:
            yield key, "required", Definition.model_fields[key].description or ""
    for key in sorted(definition.model_fields_set - USES[kind or "file"]):
        yield key, f"{_WORDS[kind or 'file']} does not use it", "take it out"


def _unfit(inventory: Inventory, name: str, storage: str, kind: Kind | None) -> Iterator[Words]:
    """Yield why backups of this kind cannot be put in a storage of a node."""
    key = "storage" if kind == "loadmaster" else "node"
    node = inventory.nodes.get(name)
    if name not in inventory.declared["nodes"]:
        if kind != "loadmaster":  # a connector is said where it is written
            yield key, f"unknown node `{name}`", meant(name, inventory.declared["nodes"])
    elif node is None:
        return
    elif node.retired:
        yield key, f"node `{name}` is retired", "name another, or leave it in service"
    elif storage not in node.storages:
        yield "storage", f"node `{name}` has no storage `{storage}`", meant(storage, node.storages)
    elif kind is not None and (node.storages[storage].kind == "dataset") != (kind == "dataset"):
        needed = "dataset" if kind == "dataset" else "path"
        what = f"{_WORDS[kind]} needs a storage with `{needed}`"
        yield "storage", what, f"`{storage}` of `{name}` is a {node.storages[storage].kind}"
