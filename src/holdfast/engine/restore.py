"""Where a restore goes, and the act that does it."""

from __future__ import annotations

import base64
import posixpath
from dataclasses import dataclass
from typing import TYPE_CHECKING

from holdfast.engine.act import Act
from holdfast.errors import BackupError

if TYPE_CHECKING:
    from holdfast.engine.act import Doing
    from holdfast.engine.stock import Stored
    from holdfast.inventory.inventory import Inventory


@dataclass(frozen=True)
class Goal:
    """A path on the backup's node; `destroys` is that path where what lies there is replaced."""

    name: str
    place: str
    destroys: str | None = None


def new_file(path: str) -> Goal:
    """Return a new file as the goal."""
    if not path.startswith("/") or posixpath.normpath(path) != path:
        raise BackupError(f"{path} is no absolute path in its plain form, such as /srv/web01.raw")
    return Goal(path, path)


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
    if disk.image is None:
        raise BackupError(f"{target} is the dataset {disk.dataset}: this backup is an image")
    if server.node != backup.node:
        what = f"{target} lies on node {server.node}, the backup on {backup.node}"
        raise BackupError(f"{what}: `backup download` it, or restore it there with --to-file")
    return Goal(target, disk.image, disk.image)


def restore_to(
    doing: Doing, backup: Stored, goal: Goal, key: bytes | None, accept: str | None = None
) -> None:
    """Have a backup put at its goal; raise NotDone, with nothing changed, where that fails."""
    arguments = {
        "place": goal.place,
        "destroys": goal.destroys,
        "accept": accept,
        "file_key": None if key is None else base64.b64encode(key).decode(),
    }
    doing.perform(Act.on("restore", backup, **arguments))
