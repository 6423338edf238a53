"""A restore: the act that does it, and what it means for the backups to come."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import TYPE_CHECKING

from holdfast.engine.act import Act
from holdfast.engine.decode import fitting
from holdfast.engine.elsewhere import expected
from holdfast.engine.goal import DATASET
from holdfast.engine.members import text
from holdfast.inventory.select import promises

if TYPE_CHECKING:
    from holdfast.engine.act import Doing
    from holdfast.engine.filekey import Keys
    from holdfast.engine.goal import Goal
    from holdfast.engine.members import Line
    from holdfast.engine.stock import Stored
    from holdfast.inventory.inventory import Inventory


@dataclass(frozen=True)
class Restored:
    """What came of a restore: what the node tells of it, and whose next backup is whole again."""

    told: str
    begin_anew: tuple[str, ...]


def restore_to(
    doing: Doing, backup: Stored, goal: Goal, keys: Keys, accept: str | None = None
) -> Restored:
    """Have a backup put at its goal; raise NotDone, with nothing changed, where that fails."""
    arguments = {
        **goal.arguments(),
        "accept": accept,
        "file_key": _text(keys.own),
        "base_key": _text(keys.base),
    }
    if goal.node == backup.node:
        result = doing.perform(Act.on("restore", backup, **arguments))
    else:
        with expected(doing, backup, goal) as over:
            arguments["over"] = over
            result = doing.perform(Act.on("restore", backup, **arguments))
    return _restored(doing.reach.inventory, backup, goal, result)


def _restored(inventory: Inventory, backup: Stored, goal: Goal, result: Line) -> Restored:
    with fitting(backup.node):
        base_of = backup.definition if result["is_base"] is True else ""
        whole = _chains(inventory, goal) - {base_of}
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
