"""Lets another node deliver a restore here: a ticket for one place, one use, a short while."""

from __future__ import annotations

from typing import TYPE_CHECKING, Iterator

from holdfast.agent.fields import Fields
from holdfast.agent.peers import ticket

if TYPE_CHECKING:
    from holdfast.agent.protocol.request import Op, Request
    from holdfast.agent.setup.survey import Survey


def admit(survey: Survey, asked: Request, op: Op) -> Iterator[dict[str, object]]:  # noqa: ARG001
    """Tell the ticket for `peer` to deliver at most `size` bytes to `goal` within `seconds`."""
    shown = ticket.issue(survey.layout, Fields(op.arguments, "admit"))
    yield {"type": "result", "ticket": shown}
