"""Goal: where a restore goes, as a person names it. Must not: ask a node."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from holdfast.agent import names
from holdfast.errors import BackupError
from holdfast.model import location
from holdfast.model.wrong import Wrong

if TYPE_CHECKING:
    from collections.abc import Mapping

    from holdfast.inventory.inventory import Inventory
    from holdfast.model.server import Server

IMAGE, DATASET = "image", "dataset"


@dataclass(frozen=True)
class Goal:
    """A file or dataset on a node; `destroys` repeats its place where that may be replaced."""

    name: str
    node: str
    kind: str
    place: str
    destroys: str | None = None
    guest: Mapping[str, str] | None = None  # how to ask whether the guest of the disk runs

    def arguments(self) -> dict[str, object]:
        """Return what an agent is told of it."""
        return {
            "kind": self.kind,
            "place": self.place,
            "destroys": self.destroys,
            "guest_agent": self.guest,
        }


def new_file(node: str, path: str) -> Goal:
    """Return a new file as the goal; its path is one that the inventory would take."""
    try:
        location.path(path)
    except Wrong as wrong:
        raise BackupError(f"{wrong}; a path for a new file is such as /srv/web01.raw") from None
    return Goal(path, node, IMAGE, path)


def new_dataset(node: str, dataset: str) -> Goal:
    """Return a new dataset as the goal."""
    if not names.is_dataset(dataset) or "/" not in dataset:
        raise BackupError(f"{dataset} is no name of a dataset in a pool, such as zones/web01")
    return Goal(dataset, node, DATASET, dataset)


def server_disk(inventory: Inventory, target: str) -> Goal:
    """Return a server's disk as the goal, or raise BackupError where there is none."""
    name, _, number = target.partition(":")
    server = inventory.servers.get(name)
    if server is None:
        raise BackupError(f"there is no server {name} in the inventory: give SERVER:DISK")
    disk = server.disks.get(int(number)) if number.isascii() and number.isdigit() else None
    if disk is None:
        has = ", ".join(f"{name}:{own}" for own in server.disks)
        raise BackupError(f"{name} has no disk {number or '(none given)'}: it has {has}")
    guest = _guest(server)
    if disk.image is not None:
        return Goal(target, server.node, IMAGE, disk.image, disk.image, guest)
    return Goal(target, server.node, DATASET, disk.dataset or "", disk.dataset, guest)


def _guest(server: Server) -> Mapping[str, str] | None:
    agent = server.guest_agent
    if agent is None:
        return None
    return {"socket": agent.socket} if agent.socket else {"libvirt": agent.libvirt or ""}
