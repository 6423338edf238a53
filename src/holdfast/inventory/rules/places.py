"""Places: that backups and images lie where nothing else does, and not in each other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from holdfast.agent.places import lies_in, refusal
from holdfast.inventory.finding import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from holdfast.inventory.inventory import Inventory
    from holdfast.inventory.path import Path
    from holdfast.model.server import Server

_STORAGE = "take a place that holds nothing else, such as /mnt/nas/holdfast"
_IMAGE = "name the file that holds the disk"


def places(inventory: Inventory) -> Iterator[Finding]:
    """Find paths in our own trees or the kernel's, and images in the storages of their node."""
    for name, node in inventory.nodes.items():
        for storage, declared in node.storages.items():
            if declared.path is not None:
                where = ("nodes", name, "storages", storage, "path")
                yield from _refused(where, declared.path, _STORAGE)
    for name, server in inventory.servers.items():
        for number, disk in server.disks.items():
            if disk.image is not None:
                where = ("servers", name, "disks", str(number), "image")
                yield from _refused(where, disk.image, _IMAGE)
                yield from _among_backups(inventory, server, where, disk.image)


def _refused(where: Path, path: str, hint: str) -> Iterator[Finding]:
    if why := refusal(path):
        yield Finding(where, f"`{path}` {why}", hint)


def _among_backups(
    inventory: Inventory, server: Server, where: Path, image: str
) -> Iterator[Finding]:
    node = inventory.nodes.get(server.node)
    for storage, declared in () if node is None else node.storages.items():
        place = declared.path
        if place is not None and (lies_in(image, place) or lies_in(place, image)):
            what = f"`{image}` and the storage `{storage}` of `{server.node}` lie in each other"
            yield Finding(where, what, "keep images and their backups apart")
