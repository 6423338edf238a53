"""Which backups are meant: all that nodes hold, or single ones by their names."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from holdfast.engine.expected import expected, unseen
from holdfast.engine.gather import gather, request
from holdfast.engine.report import any_error
from holdfast.engine.stock import stock
from holdfast.errors import BackupError, RemoteError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

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
        raise BackupError(_no_storage(inventory, where))
    return found


def _no_storage(inventory: Inventory, where: Where) -> str:
    """Return in words that a storage is not where it was looked for."""
    homes = [name for name, node in inventory.nodes.items() if where.storage in node.storages]
    if homes:
        return f"storage {where.storage} is on {', '.join(homes)}, not on {where.node}"
    return f"there is no storage {where.storage} in the inventory, and no backup there"


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
