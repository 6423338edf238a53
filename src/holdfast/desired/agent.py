"""The agent of a node: which one, for which inventory, and what it must know of the others."""

from __future__ import annotations

from typing import TYPE_CHECKING

from holdfast.desired.held import texts
from holdfast.plan.resource import Address, Resource

if TYPE_CHECKING:
    from holdfast.inventory.inventory import Inventory
    from holdfast.plan.resource import Attributes


def agent(
    inventory: Inventory, node: str, sha256: str, cron_file: str, held: Attributes
) -> Resource:
    """Return the agent of one node; `cron_file` is `ok` where a definition is active.

    It keeps every node of the last apply in mind: one that the inventory has lost without retiring
    it stays on the list, or nobody would notice.
    """
    declared = inventory.nodes[node]
    lost = texts(held.get("nodes")) - inventory.nodes.keys()
    living = {name for name, other in inventory.nodes.items() if not other.retired}
    return Resource(
        Address("node", node, "agent"),
        {
            "sha256": sha256,
            "inventory": inventory.inventory.id,
            "nodes": sorted(living | lost),
            "slots": declared.slots,
            "cron": declared.cron,
            "cron_file": cron_file,
        },
        inventory.place(("nodes", node)),
    )
