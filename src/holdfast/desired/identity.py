"""The key that each node has of its own. Which one it is, only the node can say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from holdfast.agent.identity import is_public
from holdfast.plan.resource import Address, Resource

if TYPE_CHECKING:
    from holdfast.inventory.inventory import Inventory
    from holdfast.plan.resource import Attributes


def identity(inventory: Inventory, node: str, held: Attributes) -> Resource:
    """Return the key that a node holds, or one that it is to make: known after the apply."""
    key = held.get("key")
    known = is_public(key)
    return Resource(
        Address("node", node, "identity"),
        {"key": key if known else None},
        inventory.place(("nodes", node)),
        unknown=() if known else ("key",),
    )
