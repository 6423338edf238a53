"""The storages of a node: named places with a marker of ours."""

from __future__ import annotations

from typing import TYPE_CHECKING

from holdfast.plan.resource import Address, Resource

if TYPE_CHECKING:
    from collections.abc import Iterator

    from holdfast.inventory.inventory import Inventory


def storages(inventory: Inventory, node: str) -> Iterator[Resource]:
    """Yield every storage that a node declares; its marker's id is made there."""
    for name, storage in inventory.nodes[node].storages.items():
        yield Resource(
            Address("node", node, "storage", name),
            {"kind": storage.kind, "place": storage.place, "marker": "ok"},
            inventory.place(("nodes", node, "storages", name)),
        )
