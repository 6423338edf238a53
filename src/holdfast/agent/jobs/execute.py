"""What a dispatched child does: one run, from its ticket to the end of its run file.

The dispatcher holds it to its time; on SIGTERM it cleans up and leaves the last word to the
dispatcher, which knows why.
"""

from __future__ import annotations

import signal
from datetime import datetime, timezone
from typing import TYPE_CHECKING

from holdfast.agent import definition as definitions
from holdfast.agent import process, timestamp
from holdfast.agent.failure import Failed, Terminated, complain
from holdfast.agent.jobs import runs, tickets
from holdfast.agent.jobs.attempt import Attempt
from holdfast.agent.layout import Layout

if TYPE_CHECKING:
    from holdfast.agent.jobs.runs import Run

TERMINATED = 143  # as a shell says it: 128 + SIGTERM


def main(ticket_name: str) -> int:
    """Do the run of a ticket; 0 when it ended, however, and its run file says so."""
    signal.signal(signal.SIGTERM, _terminate)
    try:
        return _execute(ticket_name)
    except (Failed, OSError) as failure:
        complain(failure)
        return 1
    except Terminated:
        return TERMINATED


def _execute(ticket_name: str) -> int:
    ticket = tickets.read(Layout.here(""), ticket_name)
    if ticket is None:
        raise Failed("ticket %s is gone" % ticket_name)
    layout = Layout.here(ticket.inventory)
    run = runs.find(layout, ticket.definition, ticket.run)
    if run is None or run.status != runs.QUEUED:
        raise Failed("run %s of %s is not queued" % (ticket.run, ticket.definition))
    run = run._replace(status=runs.RUNNING, started=_now(), process=process.current())
    runs.write(layout, run)
    run = _end(layout, run)
    runs.write(layout, run)
    runs.prune(layout, run.definition, datetime.now(timezone.utc))
    return 0


def _end(layout: Layout, run: Run) -> Run:
    """Return the run as it ended."""
    try:
        definition = definitions.load(layout, run.definition)
        if definition is None:
            return _ended(run, runs.CANCELED, "the definition was removed")
        made = Attempt(layout, definition, run.run, _stop_no_more).make()
    except Failed as failure:
        return _ended(run, failure.status, str(failure))
    except OSError as failure:
        return _ended(run, runs.FAILED, str(failure))
    status = runs.WARNING if made.doubts else runs.SUCCESS
    run = run._replace(backup=made.backup, bytes=made.bytes)
    return _ended(run, status, *made.doubts, *made.findings)


def _ended(run: Run, status: str, *words: str) -> Run:
    """Return the run ended; a reason that it was queued with stays."""
    reason = "; ".join(filter(None, (run.reason, *words)))
    return run._replace(status=status, ended=_now(), reason=reason)


def _now() -> str:
    return timestamp.to_text(datetime.now(timezone.utc))


def _terminate(_signal: int, _frame: object) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)  # cleaning up is not to be cut short
    raise Terminated


def _stop_no_more() -> None:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
