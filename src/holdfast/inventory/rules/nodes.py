"""Nodes: how each is reached, and that no two are one host or one folder."""

from __future__ import annotations

import posixpath
from itertools import combinations
from typing import TYPE_CHECKING

from holdfast.inventory.finding import Finding, meant

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path as Directory

    from holdfast.inventory.inventory import Inventory
    from holdfast.model.node import Node
    from holdfast.model.storage import Storage

_NEEDS = {"ssh": ("address", "ssh"), "local": ("root",)}
_UNUSED = {"ssh": ("root",), "local": ("address", "ssh", "via")}


def nodes(inventory: Inventory) -> Iterator[Finding]:
    """Find what is missing, unknown or out of place in each node."""
    for name, node in inventory.nodes.items():
        path = ("nodes", name)
        for key in _NEEDS[node.transport]:
            if key not in node.model_fields_set:
                yield Finding((*path, key), f"required with `transport: {node.transport}`")
        for key in _UNUSED[node.transport]:
            if key in node.model_fields_set:
                what = f"`transport: {node.transport}` does not use it"
                yield Finding((*path, key), what, "take it out")
        if node.datacenter is not None and node.datacenter not in inventory.declared["datacenters"]:
            hint = meant(node.datacenter, inventory.declared["datacenters"])
            what = f"unknown datacenter `{node.datacenter}`"
            yield Finding((*path, "datacenter"), what, hint)
        yield from _jump(inventory, name, node)
        yield from _overlaps(name, node)
    yield from _same_host(inventory)


def _jump(inventory: Inventory, name: str, node: Node) -> Iterator[Finding]:
    """Follow the jump hosts of a node; a cycle is said of each node in it."""
    path = ("nodes", name, "via")
    if node.via is None:
        return
    if node.via not in inventory.declared["nodes"]:
        hint = meant(node.via, inventory.declared["nodes"])
        yield Finding(path, f"unknown node `{node.via}`", hint)
        return
    jump = inventory.nodes.get(node.via)
    if jump is not None and jump.transport == "local":
        yield Finding(path, f"`{node.via}` is local", "a jump host is reached by ssh")
    way = [name, node.via]
    while jump is not None and jump.via is not None and jump.via not in way[1:]:
        if jump.via == name:
            yield Finding(path, f"goes in a circle: {' → '.join([*way, name])}")
            return
        way.append(jump.via)
        jump = inventory.nodes.get(jump.via)
    if node.via == name:
        yield Finding(path, f"goes in a circle: {name} → {name}")


def _overlaps(name: str, node: Node) -> Iterator[Finding]:
    """Find storages of one node that lie in each other: their backups would mix."""
    placed = [(storage, declared) for storage, declared in node.storages.items() if declared.place]
    for (first, one), (second, other) in combinations(placed, 2):
        if one.kind == other.kind and _lies_in(one, other):
            what = f"`{other.place}` and `{one.place}` of `{first}` overlap"
            yield Finding(("nodes", name, "storages", second), what, "give each its own place")


def _lies_in(one: Storage, other: Storage) -> bool:
    shorter, longer = sorted((one.place + "/", other.place + "/"), key=len)
    return longer.startswith(shorter)


def _same_host(inventory: Inventory) -> Iterator[Finding]:
    """Find hosts with two names: each would take the other's definitions off."""
    first: dict[object, str] = {}
    for name in sorted(inventory.nodes, key=lambda name: inventory.place(("nodes", name))):
        node = inventory.nodes[name]
        host = _host(node, inventory.base)
        earlier = first.setdefault(host, name)
        if host is not None and earlier != name:
            key = "root" if node.transport == "local" else "address"
            yield Finding(
                ("nodes", name, key), f"is the host of `{earlier}` too", "one name a host"
            )


def _host(node: Node, base: Directory) -> object:
    """Return what tells a host from others, if the node says it."""
    if node.transport == "local":
        return None if node.root is None else posixpath.normpath(base / node.root)
    if node.address is None or node.ssh is None:
        return None
    return node.address.lower().rstrip("."), node.ssh.port, node.via
