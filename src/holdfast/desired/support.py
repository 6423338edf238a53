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
        return "backing a LoadMaster up"
    definition = promise.definition
    server = inventory.servers[promise.server or ""]
    if definition.type == "dataset":
        return "type dataset"
    if server.disks[promise.disk or 0].image is None:
        return "a dataset as a source"
    if server.node != promise.node:
        return f"reading a disk from another node ({server.node})"
    if inventory.nodes[promise.node].storages[promise.storage].kind != "directory":
        return "a dataset as a storage"
    if definition.base_every != 1:
        return "incremental backup (base_every)"
    if definition.freeze == "required":
        return "freeze required"
    return None
