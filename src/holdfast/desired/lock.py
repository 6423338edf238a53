"""The locks that the inventory asks for on the node that holds the backups."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING

from holdfast.agent import timestamp
from holdfast.desired.support import unsupported
from holdfast.plan.plan import Unknown
from holdfast.plan.resource import Address, Resource

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from holdfast.inventory.inventory import Inventory
    from holdfast.inventory.promise import Promise


def locks(
    inventory: Inventory, node: str, promises: Iterable[Promise]
) -> Iterator[Resource | Unknown]:
    """Yield the locks on backups of a node's definitions; a last day is still part of it (UTC)."""
    known = {former: promise for promise in promises for former in (promise.id, *promise.was)}
    for index, lock in enumerate(inventory.locks):
        promise = known.get(lock.backup.id)
        if promise is None:
            continue
        address = Address("node", node, "lock", str(lock.backup))
        if unsupported(inventory, promise):
            yield Unknown(address, "this version cannot do it")
            continue
        attributes = {
            "reason": lock.reason,
            "until": None if lock.until is None else _end(datetime.combine(lock.until, time())),
            "owner": lock.owner or "",
            "origin": "inventory",
        }
        yield Resource(address, attributes, inventory.place(("locks", index)))


def _end(last: datetime) -> str:
    return timestamp.to_text((last + timedelta(days=1)).replace(tzinfo=UTC))
