"""Servers: that what they name is there, and that no two are one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from holdfast.inventory.finding import Finding, meant

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from holdfast.inventory.inventory import Inventory


def servers(inventory: Inventory) -> Iterator[Finding]:
    """Find unknown nodes and datacenters, and UUIDs and disks that two servers have."""
    ordered = sorted(inventory.servers, key=lambda name: inventory.place(("servers", name)))
    yield from _shared(inventory, ordered)
    for name in ordered:
        server, path = inventory.servers[name], ("servers", name)
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


def _shared(inventory: Inventory, ordered: Iterable[str]) -> Iterator[Finding]:
    """Find what a copied entry leaves behind: one UUID, or one disk, of two servers."""
    uuids: dict[str, str] = {}
    disks: dict[tuple[str, str | None, str | None], str] = {}
    for name in ordered:
        server, path = inventory.servers[name], ("servers", name)
        first = uuids.setdefault(server.uuid, name)
        if first != name:
            yield Finding((*path, "uuid"), f"is the UUID of `{first}` too", "each has its own")
        for number, disk in server.disks.items():
            own = f"{name}:{number}"
            first = disks.setdefault((server.node, disk.dataset, disk.image), own)
            if first != own:
                where = (*path, "disks", str(number))
                yield Finding(where, f"is the disk `{first}` too", "each has its own place")
