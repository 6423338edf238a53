"""The agent of a node: which one, for which inventory, and what it must know of the others."""

from __future__ import annotations

from typing import TYPE_CHECKING

from holdfast.plan.resource import Address, Resource

if TYPE_CHECKING:
    from holdfast.inventory.inventory import Inventory


def agent(inventory: Inventory, node: str, sha256: str, *, cron_file: str) -> Resource:
    """Return the agent of one node; `cron_file` is `ok` where a definition is active."""
    declared = inventory.nodes[node]
    living = sorted(name for name, other in inventory.nodes.items() if not other.retired)
    return Resource(
        Address("node", node, "agent"),
        {
            "sha256": sha256,
            "inventory": inventory.inventory.id,
            "nodes": living,
            "slots": declared.slots,
            "cron": declared.cron,
            "cron_file": cron_file,
        },
        inventory.place(("nodes", node)),
    )
