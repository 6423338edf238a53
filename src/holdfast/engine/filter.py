"""What is asked of backups that are listed: a filter, an order, and names that nobody bears."""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from holdfast.agent import timestamp
from holdfast.errors import BackupError
from holdfast.inventory.select import promises

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from holdfast.engine.pick import Found, Where
    from holdfast.engine.reach import Reach
    from holdfast.engine.stock import Stored
    from holdfast.inventory.inventory import Inventory


@dataclass(frozen=True)
class Filter:
    """What is asked of backups; what is not set lets all pass."""

    glob: str = "*"
    server: str | None = None
    disk: int | None = None
    definition: str | None = None  # its ID, or its name alone
    type: str | None = None
    status: str | None = None
    larger: int | None = None
    smaller: int | None = None
    since: datetime | None = None
    until: datetime | None = None
    servers: frozenset[str] | None = None  # those of a datacenter

    def fits(self, backup: Stored) -> bool:
        """Tell whether a backup is asked for."""
        server, _, disk = backup.source.partition(":")
        return (
            fnmatchcase(backup.name, self.glob)
            and self.server in (None, server)
            and (self.disk is None or str(self.disk) == disk)
            and self.definition in (None, backup.definition, backup.definition.partition("@")[0])
            and self.type in (None, backup.type)
            and self.status in (None, backup.status)
            and (self.larger is None or backup.size >= self.larger)
            and (self.smaller is None or backup.size <= self.smaller)
            and (self.since is None or backup.created >= timestamp.to_text(self.since))
            and (self.until is None or "" < backup.created <= timestamp.to_text(self.until))
            and (self.servers is None or server in self.servers)
        )


def refuse_unknown(inventory: Inventory, asked: Filter, where: Where, found: Found) -> None:
    """Raise BackupError for a server, disk or definition that nobody names.

    A slip is no empty list. What the inventory names no more may have backups still; where not all
    could be seen, nobody knows.
    """
    if not found.is_whole:
        return
    on = (f" on {where.node}" if where.node else "") + (where.storage and f" in {where.storage}")
    servers = {*inventory.servers, *inventory.loadmasters}
    definitions = {d.name for d in inventory.definitions} | {p.id for p in promises(inventory)}
    disk = None if asked.disk is None else ":".join(filter(None, (asked.server, str(asked.disk))))
    for what, name, known, alone in (
        ("server", asked.server, servers, Filter(server=asked.server)),
        ("disk", disk, _disks(inventory), Filter(server=asked.server, disk=asked.disk)),
        ("definition", asked.definition, definitions, Filter(definition=asked.definition)),
    ):
        if name is not None and name not in known and not any(map(alone.fits, found.backups)):
            message = f"there is no {what} {name} in the inventory, and no backup of one{on}"
            raise BackupError(message)


def _disks(inventory: Inventory) -> set[str]:
    """Return what disks may be called: by their number alone, or with their server."""
    each = [(name, disk) for name, server in inventory.servers.items() for disk in server.disks]
    return {str(disk) for _, disk in each} | {f"{name}:{disk}" for name, disk in each}


def of_datacenter(reach: Reach, name: str) -> frozenset[str]:
    """Return the servers of a datacenter, and the LoadMasters whose connector is in it.

    A server on a node that is in a datacenter has to say so itself: there it is enough to ask it.
    """
    inventory = reach.inventory
    if name not in inventory.datacenters:
        raise BackupError(f"there is no datacenter {name} in the inventory")
    servers = {n for n, server in inventory.servers.items() if server.datacenter == name}
    devices = {
        n
        for n, device in inventory.loadmasters.items()
        if inventory.nodes[device.connector].datacenter == name
    }
    return frozenset(servers | devices)


def order(backups: Iterable[Stored], key: str) -> list[Stored]:
    """Return backups by name, or with the newest or the largest first."""
    if key == "name":
        return sorted(backups)
    return sorted(backups, key=lambda backup: getattr(backup, key), reverse=True)
