"""A LoadMaster's backup put back: onto which device, and what its connector tells of it."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import TYPE_CHECKING

from holdfast.agent.loadmaster.parts import CERTIFICATES, parse
from holdfast.engine.act import Act
from holdfast.engine.decode import fitting
from holdfast.engine.filekey import Keys, file_key, keys_of
from holdfast.engine.members import text, truth
from holdfast.errors import BackupError

UNSIGNED = "unsigned"

if TYPE_CHECKING:
    from collections.abc import Collection

    from holdfast.engine.act import Doing
    from holdfast.engine.stock import Stored
    from holdfast.inventory.inventory import Inventory


@dataclass(frozen=True)
class Order:
    """Which parts go to which device; `accepted` are the rules that were agreed to break."""

    loadmaster: str
    parts: tuple[str, ...]
    accepted: Collection[str]


@dataclass(frozen=True)
class Unlocked:
    """What opens a backup's archive and its base's, and the certificates beside it."""

    archive: Keys
    certificates: bytes | None = None


@dataclass(frozen=True)
class Reinstated:
    """What became of the device: whose login it answers to, empty for none, and words of it."""

    saved: str  # the backup made of it before; empty where somebody did without
    answered: str
    told: str
    confirmed: bool  # it said itself that it had taken over what it was sent


def now_called(inventory: Inventory, name: str) -> str:
    """Return what the LoadMaster is called now that had this name when it was backed up."""
    if name in inventory.loadmasters:
        return name
    return next((new for new, each in inventory.loadmasters.items() if name in each.was), name)


def device(inventory: Inventory, backup: Stored, name: str) -> str:
    """Return the LoadMaster that a backup goes to, or raise BackupError where it cannot."""
    known = inventory.loadmasters.get(name)
    if known is None:
        raise BackupError(f"there is no LoadMaster {name} in the inventory")
    if known.connector != backup.node:
        raise BackupError(
            f"{name} is reached from node {known.connector}, the backup lies on {backup.node}: "
            "`backup download` it with its identity, and restore it in the device's web interface"
        )
    return name


def unlock(doing: Doing, backup: Stored, order: Order, identity: str | None) -> Unlocked:
    """Return the keys of what an order needs, got here with an identity."""
    accept = UNSIGNED if UNSIGNED in order.accepted else None
    keys = keys_of(doing, backup, identity, accept)
    if not parse(order.parts).certificates:
        return Unlocked(keys)
    return Unlocked(keys, file_key(doing, backup, identity, accept, CERTIFICATES))


def reinstate(doing: Doing, backup: Stored, order: Order, keys: Unlocked) -> Reinstated:
    """Have a backup sent to a device; raise NotDone where it was not, saying what was changed."""
    arguments = {
        "loadmaster": order.loadmaster,
        "destroys": order.loadmaster,
        "parts": list(order.parts),
        "accept": sorted(order.accepted),
        "file_key": _text(keys.archive.own),
        "base_key": _text(keys.archive.base),
        "certificates_key": _text(keys.certificates),
    }
    result = doing.perform(Act.on("reinstate", backup, **arguments))
    with fitting(backup.node):
        saved, answered, told = (text(result, each) for each in ("saved", "answered", "told"))
        return Reinstated(saved, answered, told, truth(result, "confirmed"))


def _text(key: bytes | None) -> str | None:
    return None if key is None else base64.b64encode(key).decode()
