"""Two nodes introduced to each other for one restore: the one expects it, the other brings it."""

from __future__ import annotations

from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from holdfast.desired.peer import addresses, way
from holdfast.engine.act import Act
from holdfast.engine.decode import fitting
from holdfast.engine.members import mapping, text, whole
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
    told = doing.perform(Act("introduce", backup.node))
    with fitting(backup.node):
        key = text(told, "key")
    asked = {
        "peer": backup.node,
        "key": key,
        "from": addresses(inventory, backup.node),
        "goal": goal.arguments(),
        "size": _size(backup),
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


def _size(backup: Stored) -> int | None:
    """Return how many bytes come at most, where the manifest tells."""
    if not backup.file or backup.base is not None:
        return None
    with fitting(backup.node):
        manifest = mapping({"manifest": backup.manifest}, "manifest")
        return whole(mapping(manifest, "content"), "size")
