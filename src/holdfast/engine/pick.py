"""Which backups are meant: by their names on all nodes, or by what is asked of them."""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from holdfast.agent import timestamp
from holdfast.engine.expected import expected, unseen
from holdfast.engine.gather import gather, request
from holdfast.engine.report import any_error
from holdfast.engine.stock import stock
from holdfast.errors import BackupError, RemoteError
from holdfast.inventory.select import promises

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from holdfast.engine.reach import Reach
    from holdfast.engine.stock import Stored
    from holdfast.inventory.inventory import Inventory
    from holdfast.plan.actual import Unread
    from holdfast.problem import Problem


@dataclass(frozen=True)
class Where:
    """Where to look: a node and a storage; empty is everywhere."""

    node: str = ""
    storage: str = ""


@dataclass(frozen=True)
class Found:
    """All backups that were asked for, and what keeps nodes from telling of all of them."""

    backups: tuple[Stored, ...]
    problems: tuple[Problem, ...]
    unread: tuple[Unread, ...]

    @property
    def is_whole(self) -> bool:
        """Whether what is not among them is nowhere."""
        return not self.unread and not any_error(self.problems)


def refuse_unknown_node(inventory: Inventory, name: str) -> None:
    """Raise BackupError for a node that the inventory does not name."""
    if name not in inventory.nodes:
        raise BackupError(f"there is no node {name} in the inventory")


def nodes(inventory: Inventory, name: str) -> list[str]:
    """Return the node that is named, or all of them where none is."""
    if not name:
        return list(inventory.nodes)
    refuse_unknown_node(inventory, name)
    return [name]


def find(reach: Reach, where: Where, parallelism: int, names: Sequence[str] | None = None) -> Found:
    """Return the backups of the nodes' storages, in the order of their names.

    Where names are given it is only those, each with its manifest; else raise BackupError for a
    storage that neither the inventory names nor a backup.
    """
    inventory = reach.inventory
    there = nodes(inventory, where.node)
    asked = {node: request(inventory, _op(inventory, node, names)) for node in there}
    answers, unread = gather(reach, asked, stock, parallelism)
    found = Found(
        tuple(
            sorted(
                backup
                for answer in answers
                for backup in answer.backups
                if where.storage in ("", backup.storage)
            )
        ),
        tuple(problem for answer in answers for problem in unseen(inventory, answer)),
        unread,
    )
    known = where.storage in {"", *(s for node in there for s in inventory.nodes[node].storages)}
    if names is None and found.is_whole and not known and not found.backups:
        raise BackupError(
            f"there is no storage {where.storage} in the inventory, and no backup there"
        )
    return found


def _op(inventory: Inventory, node: str, names: Sequence[str] | None) -> Mapping[str, object]:
    """Return the op that asks a node for its backups, and which storages it should have."""
    op: dict[str, object] = {"op": "backups", "storages": expected(inventory, node)}
    return op if names is None else {**op, "names": list(names)}


def named(reach: Reach, where: Where, parallelism: int, names: Sequence[str]) -> list[Stored]:
    """Return just one backup for each name; raise BackupError or RemoteError where that fails."""
    found = find(reach, where, parallelism, names)
    return [_one(name, found) for name in dict.fromkeys(names)]


def _one(name: str, found: Found) -> Stored:
    fitting = [backup for backup in found.backups if backup.name == name]
    if len(fitting) == 1:
        return fitting[0]
    if fitting:
        places = ", ".join(f"{backup.node}/{backup.storage}" for backup in fitting)
        raise BackupError(f"{name} lies at {places}: say which with --node and --storage")
    if found.unread:
        first = found.unread[0]
        error = RemoteError(first.target, f"not read, and {name} is nowhere else: {first.reason}")
        error.exit_code = first.exit_code
        raise error
    what = "; ".join(str(problem) for problem in found.problems)
    hint = f"; but not all storages can be seen: {what}" if what else ": see `backup list`"
    raise BackupError(f"there is no backup {name}{hint}")


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
    """Raise BackupError for a server or definition that nobody names: a slip is no empty list.

    What the inventory names no more may have backups still; where not all could be seen, nobody
    knows.
    """
    if not found.is_whole:
        return
    on = (f" on {where.node}" if where.node else "") + (where.storage and f" in {where.storage}")
    servers = {*inventory.servers, *inventory.loadmasters}
    definitions = {d.name for d in inventory.definitions} | {p.id for p in promises(inventory)}
    for what, name, known, alone in (
        ("server", asked.server, servers, Filter(server=asked.server)),
        ("definition", asked.definition, definitions, Filter(definition=asked.definition)),
    ):
        if name is not None and name not in known and not any(map(alone.fits, found.backups)):
            message = f"there is no {what} {name} in the inventory, and no backup of one{on}"
            raise BackupError(message)


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
