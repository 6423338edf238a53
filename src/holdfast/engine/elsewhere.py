"""Two nodes introduced to each other for one restore: the one expects it, the other brings it."""

from __future__ import annotations

from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from holdfast.desired.peer import addresses, way
from holdfast.engine.act import Act
from holdfast.engine.decode import fitting
from holdfast.engine.members import text, whole
from holdfast.errors import RemoteError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from holdfast.engine.act import Doing
    from holdfast.engine.goal import Goal
    from holdfast.engine.stock import Stored


SECONDS = 600  # until the ticket is shown; the restore itself may take its time


@contextmanager
def expected(doing: Doing, backup: Stored, goal: Goal) -> Iterator[dict[str, object]]:
    """Have the goal's node expect a backup; give what its own node needs to bring it there.

    The bytes go from node to node; the ticket goes with the block, whatever becomes of it.
    """
    inventory = doing.reach.inventory
    told = doing.perform(Act.on("introduce", backup))
    with fitting(backup.node):
        key, most = text(told, "key"), whole(told, "most")
    asked = {
        "peer": backup.node,
        "key": key,
        "from": addresses(inventory, backup.node),
        "goal": goal.arguments(),
        "size": most,
        "seconds": SECONDS,
    }
    told = doing.perform(Act("admit", goal.node, asked))
    with fitting(goal.node):
        ticket = text(told, "ticket")
    known = {"me": backup.node, **way(inventory, backup.node, goal.node)}
    try:
        yield {"node": goal.node, "known": known, "ticket": ticket}
    finally:
        # A node that is lost by now lets the ticket lapse, and the next apply takes the key out.
        with suppress(RemoteError):
            doing.perform(Act("dismiss", goal.node, {"peer": backup.node, "ticket": ticket}))
