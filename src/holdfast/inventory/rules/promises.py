"""Promises: that each source can be backed up so, by these nodes, and is promised once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from holdfast.inventory.finding import Finding
from holdfast.problem import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from holdfast.inventory.inventory import Inventory
    from holdfast.inventory.promise import Promise
    from holdfast.inventory.select import Resolved
    from holdfast.model.definition import Definition
    from holdfast.model.server import Disk


def promises(inventory: Inventory, resolved: Sequence[Resolved]) -> Iterator[Finding]:
    """Find ids that come twice, and sources that do not fit what is asked of them."""
    first: dict[str, Promise] = {}
    for index, promise in sorted(resolved, key=lambda each: each.promise.place):
        earlier = first.setdefault(promise.id.casefold(), promise)
        if earlier is not promise:
            what = f"`{promise.id}` is defined twice"
            if earlier.id != promise.id:
                what = f"`{promise.id}` differs only in case from `{earlier.id}`"
            yield Finding(("definitions", index), what, f"also at {earlier.place}")
        elif promise.server is not None and promise.disk is not None:
            for key, what, hint in _of_disk(inventory, promise, promise.server, promise.disk):
                yield Finding(("definitions", index, key), what, hint)
            if _stands_alone(inventory, promise):
                what = f"`{promise.server}:{promise.disk}` is an image: each backup of it is whole"
                hint = "only of a dataset can ZFS tell what changed since a base"
                path = ("definitions", index, "base_every")
                yield Finding(path, what, hint, Severity.WARNING)


def _of_disk(
    inventory: Inventory, promise: Promise, name: str, disk: int
) -> Iterator[tuple[str, str, str]]:
    server = inventory.servers[name]
    definition = promise.definition
    if server.disks[disk].dataset is None:
        yield from _of_image(f"{name}:{disk}", definition)
    elif definition.type == "file" and server.disks[disk].recursive:
        what = f"`{name}:{disk}` is recursive, and a file holds the stream of one dataset alone"
        yield "type", what, "`type: dataset`, or take `recursive` out of the disk"
    elif definition.type == "dataset" and _feeds_itself(inventory, promise, server.disks[disk]):
        what = f"`{name}:{disk}` and the storage `{promise.storage}` lie in each other"
        yield "storage", what, "a backup would hold the backups before it"
    if definition.freeze == "required" and server.guest_agent is None:
        yield "freeze", f"`{name}` has no guest agent", "give it one, or `freeze: best-effort`"
    backup = inventory.nodes.get(promise.node)
    if backup is not None and backup.datacenter not in (None, server.datacenter):
        what = f"node `{promise.node}` is in datacenter `{backup.datacenter}`, `{name}` is not"
        yield "node", what, "back up to a node of the server's datacenter, or of none"
    compute = inventory.nodes.get(server.node)
    if compute is not None and compute.retired:
        what = f"`{name}` runs on node `{server.node}`, which is retired"
        yield "sources", what, "name the node that it runs on now"


def _of_image(name: str, definition: Definition) -> Iterator[tuple[str, str, str]]:
    if definition.type == "dataset":
        yield "type", f"`{name}` is an image, no ZFS dataset", "`type: file`"


def _stands_alone(inventory: Inventory, promise: Promise) -> bool:
    """Whether incrementals are asked for where there are none: a better backup is made instead."""
    disk = inventory.servers[promise.server or ""].disks[promise.disk or 0]
    return disk.image is not None and promise.definition.base_every != 1


def _feeds_itself(inventory: Inventory, promise: Promise, disk: Disk) -> bool:
    """Whether a disk lies in the very storage it goes to, or takes that storage along."""
    node = inventory.nodes.get(promise.node)
    server = inventory.servers[promise.server or ""]
    storage = node.storages.get(promise.storage) if node is not None else None
    if storage is None or server.node != promise.node or disk.dataset is None:
        return False
    source, parent = f"{disk.dataset}/", f"{storage.place}/"
    return source.startswith(parent) or (disk.recursive and parent.startswith(source))
