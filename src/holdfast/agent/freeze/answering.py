"""Whether a guest runs, asked of whatever knows it: no disk is taken from under a running guest."""

from __future__ import annotations

from typing import TYPE_CHECKING

from holdfast.agent.failure import Failed
from holdfast.agent.freeze.qga import Qga
from holdfast.agent.freeze.virsh import Virsh

if TYPE_CHECKING:
    from holdfast.agent.definition import GuestAgent
    from holdfast.agent.layout import Layout


def refuse(layout: Layout, agent: GuestAgent | None) -> None:
    """Raise Failed while the guest of this agent runs, or where that cannot be told."""
    if agent is None:
        return
    if agent.kind == "socket":
        # QEMU listens there as long as the guest runs, whether or not the agent in it answers.
        running = Qga(layout.under(agent.place)).listens()
    else:
        running = Virsh(agent.place).is_running()
    if running:
        raise Failed("the guest runs (guest agent at %s): shut it down first" % agent.place)
