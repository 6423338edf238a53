"""Locks: that each is of a backup we can know, and that something is left to rotate.

A lock whose last day has passed still counts: rules have no clock. Its line can be taken out.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from holdfast.inventory.finding import Finding, meant
from holdfast.inventory.rules.limits import MOST_RESTORE_POINTS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from holdfast.inventory.inventory import Inventory
    from holdfast.inventory.promise import Promise
    from holdfast.inventory.select import Resolved
    from holdfast.model.lock import BackupName

_MOST_LOCKED = MOST_RESTORE_POINTS - 1


def locks(inventory: Inventory, resolved: Sequence[Resolved]) -> Iterator[Finding]:
    """Find locks of nothing, locks written twice, and locks that leave nothing to rotate."""
    if not inventory.locks:
        return
    known = {promise.id: promise for _, promise in resolved}
    known |= {former: promise for _, promise in resolved for former in promise.was}
    first: dict[str, int] = {}
    locked: dict[str, list[int]] = {}
    appliances = Counter[str]()
    for index, lock in enumerate(inventory.locks):
        path = ("locks", index, "backup")
        earlier = first.setdefault(str(lock.backup), index)
        promise = known.get(lock.backup.id)
        if promise is None:
            yield Finding(path, *_unknown(inventory, lock.backup, known))
        elif earlier != index:
            what = f"`{lock.backup}` is locked twice"
            yield Finding(path, what, f"also at {inventory.place(('locks', earlier))}")
        else:
            locked.setdefault(promise.id, []).append(index)
            appliances[promise.loadmaster or ""] += 1
    yield from _nothing_left(known, locked)
    for name, count in appliances.items():
        if name and count > _MOST_LOCKED:
            what = f"{count} of its backups are locked"
            yield Finding(("loadmasters", name), what, f"at most {_MOST_LOCKED}, one must rotate")


def _unknown(
    inventory: Inventory, backup: BackupName, known: Mapping[str, Promise]
) -> tuple[str, str]:
    if backup.disk is None:
        names, noun = inventory.declared["loadmasters"], "LoadMaster"
    else:
        names, noun = inventory.declared["servers"], "server"
    former = {identity.partition("@")[2].partition(":")[0] for identity in known}
    if backup.source not in names | former:
        return f"unknown {noun} `{backup.source}`", meant(backup.source, names)
    return f"no definition `{backup.id}`", meant(backup.id, known)


def _nothing_left(
    known: Mapping[str, Promise], locked: Mapping[str, list[int]]
) -> Iterator[Finding]:
    for identity, indexes in locked.items():
        kept = known[identity].definition.retention.most
        if len(indexes) >= kept:
            what = f"{len(indexes)} locks on `{identity}` leave nothing to rotate"
            hint = f"its retention keeps {kept}: raise it, or unlock some"
            yield Finding(("locks", indexes[-1], "backup"), what, hint)
