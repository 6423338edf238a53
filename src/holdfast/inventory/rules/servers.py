"""Servers: that what they name is there, and that no two are one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from holdfast.inventory.finding import Finding, meant

if TYPE_CHECKING:
    from collections.abc import Iterator

    from holdfast.inventory.inventory import Inventory


def servers(inventory: Inventory) -> Iterator[Finding]:
    """Find unknown nodes and datacenters, and a UUID that two servers have."""
    first: dict[str, str] = {}
    ordered = sorted(inventory.servers, key=lambda name: inventory.place(("servers", name)))
    for name in ordered:
        server, path = inventory.servers[name], ("servers", name)
        earlier = first.setdefault(server.uuid, name)
        if earlier != name:
            yield Finding((*path, "uuid"), f"is the UUID of `{earlier}` too", "each has its own")
        if server.node not in inventory.declared["nodes"]:
            hint = meant(server.node, inventory.declared["nodes"])
            yield Finding((*path, "node"), f"unknown node `{server.node}`", hint)
        datacenter = server.datacenter
        if datacenter is not None and datacenter not in inventory.declared["datacenters"]:
            hint = meant(datacenter, inventory.declared["datacenters"])
            yield Finding((*path, "datacenter"), f"unknown datacenter `{datacenter}`", hint)
            continue
        node = inventory.nodes.get(server.node)
        if node is not None and node.datacenter not in (None, datacenter):
            what = f"node `{server.node}` is in datacenter `{node.datacenter}`, the server is not"
            yield Finding((*path, "node"), what, f"put it in `{node.datacenter}`, or take another")
