"""The limit of bytes that a promise's datacenter is held to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from holdfast.agent.limit import Limit

if TYPE_CHECKING:
    from holdfast.inventory.inventory import Inventory
    from holdfast.inventory.promise import Promise


def limit(inventory: Inventory, promise: Promise) -> Limit | None:
    """Return it; a LoadMaster belongs to the datacenter of its connector."""
    if promise.server is not None:
        name = inventory.servers[promise.server].datacenter
    else:
        node = inventory.nodes.get(promise.node)
        name = None if node is None else node.datacenter
    center = None if name is None else inventory.datacenters.get(name)
    if name is None or center is None or center.limits.total_size is None:
        return None
    return Limit(name, center.limits.total_size)
