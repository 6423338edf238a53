"""The storages that nodes should have: what a node cannot tell of them is no empty list. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from holdfast.problem import Problem

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from holdfast.engine.stock import Stock
    from holdfast.inventory.inventory import Inventory


def expected(inventory: Inventory, node: str) -> Mapping[str, str]:
    """Return the places of the storages that a node should have, by name."""
    declared = inventory.nodes[node]
    storages = {} if declared.retired else declared.storages
    return {name: storage.place for name, storage in storages.items()}


def unseen(inventory: Inventory, answer: Stock) -> Iterable[Problem]:
    """Return what keeps a node from telling of all of its backups."""
    if answer.is_set_up or not expected(inventory, answer.node):
        return answer.problems
    what = "no agent of ours is there, so what its storages hold is not told"
    return (Problem(f"node/{answer.node}", "", what, "apply the inventory"), *answer.problems)
