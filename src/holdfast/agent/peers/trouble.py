"""Why a session with another node ended, in words that say what to do. Must not: guess."""

from __future__ import annotations

from typing import TYPE_CHECKING

from holdfast.agent.failure import Failed

if TYPE_CHECKING:
    from holdfast.agent.peers.known import Known

_SSH = 255  # ssh's own failure, not the other program's
_USAGE = 64  # an agent from before this command
_SHOWN = 300


def explained(known: Known, what: str, broken: str, code: int | None, said: str) -> Failed:
    """Return the error of a session that ended while `what` was awaited."""
    words = " ".join(said.split())[-_SHOWN:]
    node = "node %s" % known.node
    if "verification failed" in said or "IDENTIFICATION HAS CHANGED" in said:
        return Failed(
            "%s does not show the host key that the inventory pins, so nothing was asked of it: "
            "see whether it is the right host; if its key was renewed, put the new one into the "
            "inventory and apply" % node
        )
    if "Permission denied" in said:
        return Failed(
            "%s does not let this node in: apply the inventory to both nodes; where its `address` "
            "there is a number, this node must come from just that" % node
        )
    if code == _USAGE:
        return Failed("the agent of %s is older and has no door for nodes: apply to it" % node)
    if code == _SSH or code is None:
        why = words or broken
        return Failed("the connection to %s is lost while waiting for %s: %s" % (node, what, why))
    told = "exit %d" % code + (": " + words if words else "")
    return Failed("the agent of %s broke off in %s: %s (%s)" % (node, what, broken, told))
