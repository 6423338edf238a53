"""What the model can say but this version's agent cannot do yet; it shrinks with every release.

Installing such a promise would be worse than refusing it: it would look kept.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from holdfast.problem import Problem

if TYPE_CHECKING:
    from holdfast.inventory.inventory import Inventory
    from holdfast.inventory.promise import Promise


def unsupported(inventory: Inventory, promise: Promise) -> Problem | None:
    """Return why a promise cannot be kept by this version; None when it can."""
    what = _reason(inventory, promise)
    if what is None:
        return None
    return Problem(
        promise.place,
        promise.id,
        f"{what} is not part of this version",
        "the definition is left as it is on the node",
    )


def _reason(inventory: Inventory, promise: Promise) -> str | None:
    if promise.loadmaster is not None:
        return None
    server = inventory.servers[promise.server or ""]
    here, there = inventory.nodes[promise.node], inventory.nodes[server.node]
    if here.transport != "local" and there.transport == "local":
        return f"reading a disk from {server.node}, which is a directory of this machine,"
    return None
