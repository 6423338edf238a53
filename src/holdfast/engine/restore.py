"""Where a restore goes, and the act that does it."""

from __future__ import annotations

import base64
import posixpath
from dataclasses import dataclass
from typing import TYPE_CHECKING

from holdfast.agent import names
from holdfast.engine.act import Act
from holdfast.engine.decode import fitting
from holdfast.engine.members import text
from holdfast.errors import BackupError
from holdfast.inventory.select import promises

if TYPE_CHECKING:
    from collections.abc import Mapping

    from holdfast.engine.act import Doing
    from holdfast.engine.filekey import Keys
    from holdfast.engine.stock import Stored
    from holdfast.inventory.inventory import Inventory
    from holdfast.model.server import Server

IMAGE, DATASET = "image", "dataset"


@dataclass(frozen=True)
class Goal:
    """A file or dataset on the backup's node; `destroys` where what lies there is replaced."""

    name: str
    kind: str
    place: str
    destroys: str | None = None
    guest: Mapping[str, str] | None = None  # how to ask whether the guest of the disk runs


@dataclass(frozen=True)
class Restored:
    """What came of a restore: what the node tells of it, and whose next backup is whole again."""

    told: str
    begin_anew: tuple[str, ...]


def new_file(path: str) -> Goal:
    """Return a new file as the goal."""
    if not path.startswith("/") or posixpath.normpath(path) != path:
        raise BackupError(f"{path} is no absolute path in its plain form, such as /srv/web01.raw")
    return Goal(path, IMAGE, path)


def new_dataset(dataset: str) -> Goal:
    """Return a new dataset as the goal."""
    if not names.is_dataset(dataset) or "/" not in dataset:
        raise BackupError(f"{dataset} is no name of a dataset in a pool, such as zones/web01")
    return Goal(dataset, DATASET, dataset)


def server_disk(inventory: Inventory, backup: Stored, target: str) -> Goal:
    """Return a server's disk as the goal, or raise BackupError where that cannot be."""
    name, _, number = target.partition(":")
    server = inventory.servers.get(name)
    if server is None:
        raise BackupError(f"there is no server {name} in the inventory: give SERVER:DISK")
    disk = server.disks.get(int(number)) if number.isascii() and number.isdigit() else None
    if disk is None:
        has = ", ".join(f"{name}:{own}" for own in server.disks)
        raise BackupError(f"{name} has no disk {number or '(none given)'}: it has {has}")
    if server.node != backup.node:
        what = f"{target} lies on node {server.node}, the backup on {backup.node}"
        raise BackupError(f"{what}: `backup download` it, or restore it there with --to-file")
    if disk.image is not None:
        return Goal(target, IMAGE, disk.image, disk.image, _guest(server))
    return Goal(target, DATASET, disk.dataset or "", disk.dataset, _guest(server))


def restore_to(
    doing: Doing, backup: Stored, goal: Goal, keys: Keys, accept: str | None = None
) -> Restored:
    """Have a backup put at its goal; raise NotDone, with nothing changed, where that fails."""
    arguments = {
        "kind": goal.kind,
        "place": goal.place,
        "destroys": goal.destroys,
        "guest_agent": goal.guest,
        "accept": accept,
        "file_key": _text(keys.own),
        "base_key": _text(keys.base),
    }
    result = doing.perform(Act.on("restore", backup, **arguments))
    with fitting(backup.node):
        base_of = backup.definition if result["is_base"] is True else ""
        whole = _chains(doing.reach.inventory, goal) - {base_of}
        return Restored(text(result, "told"), tuple(sorted(whole)))


def _chains(inventory: Inventory, goal: Goal) -> set[str]:
    """Return the promises that had a base among the snapshots of the disk that was replaced."""
    if goal.destroys is None or goal.kind != DATASET:
        return set()
    return {
        promise.id
        for promise in promises(inventory)
        if f"{promise.server}:{promise.disk}" == goal.name
        and (promise.definition.type == DATASET or promise.definition.base_every > 1)
    }


def _text(key: bytes | None) -> str | None:
    return None if key is None else base64.b64encode(key).decode()


def _guest(server: Server) -> Mapping[str, str] | None:
    agent = server.guest_agent
    if agent is None:
        return None
    return {"socket": agent.socket} if agent.socket else {"libvirt": agent.libvirt or ""}
