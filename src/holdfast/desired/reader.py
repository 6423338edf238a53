"""The key that may only read a node: all that plan, drift and status need."""

from __future__ import annotations

from typing import TYPE_CHECKING

from holdfast.plan.plan import Unknown
from holdfast.plan.resource import Address, Resource

if TYPE_CHECKING:
    from collections.abc import Iterator

    from holdfast.inventory.inventory import Inventory


def reader(
    inventory: Inventory, node: str, key: str | None, trouble: str | None = None
) -> Iterator[Resource | Unknown]:
    """Yield the read-only key of a node that declares one; `key` is its public half if known.

    `trouble` is why it is not known, where that is not just a variable that is not set.
    """
    declared = inventory.nodes[node].ssh
    if declared is None or declared.read_identity is None:
        return
    address = Address("node", node, "reader")
    if key is None:
        yield Unknown(address, trouble or f"{declared.read_identity} is not set here")
    else:
        source = inventory.place(("nodes", node, "ssh", "read_identity"))
        yield Resource(address, {"key": key, "forwards": _behind(inventory, node)}, source)


def _behind(inventory: Inventory, node: str) -> list[str]:
    """Return HOST:PORT of the nodes that are reached over this one: the key must get through."""
    return sorted(
        f"[{other.address}]:{other.ssh.port}"
        if ":" in (other.address or "")
        else f"{other.address}:{other.ssh.port}"
        for other in inventory.nodes.values()
        if other.via == node and other.ssh is not None
    )
