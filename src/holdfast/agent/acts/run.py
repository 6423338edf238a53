"""Starting a run in its turn and following it, and canceling one."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Iterator

from holdfast.agent import names
from holdfast.agent.acts import pace
from holdfast.agent.failure import Failed
from holdfast.agent.fields import Fields
from holdfast.agent.jobs import cancel as canceling
from holdfast.agent.jobs import progress, runs, tickets
from holdfast.agent.jobs import run as jobs

if TYPE_CHECKING:
    from holdfast.agent.layout import Layout
    from holdfast.agent.protocol.request import Op, Request
    from holdfast.agent.setup.survey import Survey

    Line = dict[str, object]

_LOOK = 0.2


def now(survey: Survey, asked: Request, op: Op) -> Iterator[Line]:  # noqa: ARG001
    """Queue a run and tell how it fares; it goes on when nobody listens any more."""
    identity = Fields(op.arguments, "now").text("definition")
    if not names.is_id(identity):
        raise Failed("%s is no ID of a definition" % identity[:80])
    yield from follow(survey.layout, identity)


def follow(layout: Layout, identity: str) -> Iterator[Line]:
    """Queue a run and yield progress, its run file last."""
    name = jobs.start(layout, identity)
    told = 0.0
    before = ""
    while True:
        run = runs.look(layout, identity, name)
        if run is None:
            raise Failed("run %s of %s has no run file any more" % (name, identity))
        if run.status in runs.ENDED:
            yield {"type": "result", "run": run.to_document()}
            return
        if run.status != before or time.monotonic() >= told + pace.EVERY:
            told, before = time.monotonic(), run.status
            done, total = progress.read(layout, identity, name)
            said = {"done": done, "total": total, "run": name, "status": run.status}
            yield {"type": "progress", **said}
        time.sleep(_LOOK)


def cancel(survey: Survey, asked: Request, op: Op) -> Iterator[Line]:  # noqa: ARG001
    """End a run by its name, or all that a definition has queued and running; tell which.

    The last goes first, or it would begin in the place of the one that ended.
    """
    word = Fields(op.arguments, "cancel").text("run")
    layout = survey.layout
    ended = []
    for name in reversed(tickets.listed(layout)):
        ticket = tickets.read(layout, name)
        if ticket is None or ticket.inventory != layout.inventory:
            continue
        if word in (ticket.run, ticket.definition):
            yield {"type": "progress", "done": 0, "total": 0}
            ended.append(canceling.cancel(layout, ticket.definition, ticket.run).to_document())
    yield {"type": "result", "runs": ended}
