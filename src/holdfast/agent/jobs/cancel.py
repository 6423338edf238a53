"""Ends a queued or running job on somebody's word."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from holdfast.agent import child
from holdfast.agent.failure import Failed
from holdfast.agent.jobs import runs, tickets
from holdfast.agent.jobs.job import GIVEN_UP, GRACE

if TYPE_CHECKING:
    from holdfast.agent.jobs.runs import Run
    from holdfast.agent.layout import Layout

_LOOK = 0.05


def cancel(layout: Layout, identity: str, name: str) -> Run:
    """Return the run as it ended: canceled, unless it was quicker; with no ticket raise Failed."""
    ticket = tickets.find(layout, identity, name)
    if ticket is None:
        raise Failed("run %s of %s is neither queued nor running" % (name, identity))
    tickets.cancel(layout, ticket.name)
    child.detach("run", "--queue")  # the dispatcher that it waits for may be no more
    end = time.monotonic() + GRACE + 2 * GIVEN_UP
    while time.monotonic() < end:
        run = runs.find(layout, identity, name)
        if run is None or run.status in runs.ENDED:
            break
        time.sleep(_LOOK)
    if run is None:
        raise Failed("run %s of %s has no run file any more" % (name, identity))
    return run
