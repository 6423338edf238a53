"""The last word on a run that could not say it itself: never started, stopped, or dead."""

from __future__ import annotations

import os
from datetime import datetime, timezone
from typing import TYPE_CHECKING

from holdfast.agent import timestamp
from holdfast.agent.failure import Malformed, complain
from holdfast.agent.jobs import runs

if TYPE_CHECKING:
    from holdfast.agent.jobs.job import Job
    from holdfast.agent.jobs.tickets import Ticket
    from holdfast.agent.layout import Layout

_SHOWN = 300


def record(layout: Layout, ticket: Ticket, status: str, reason: str) -> None:
    """Put down how a run ended, unless it has said so itself."""
    try:
        run = runs.find(layout, ticket.definition, ticket.run)
    except Malformed as error:
        complain(error)  # a reader shows it as failed, with these words
        return
    if run is None or run.status in runs.ENDED:
        return
    ended = timestamp.to_text(datetime.now(timezone.utc))
    reason = "; ".join(filter(None, (run.reason, reason)))
    runs.write(layout, run._replace(status=status, ended=ended, reason=reason))


def of_job(layout: Layout, ticket: Ticket, job: Job, code: int | None) -> None:
    """Put down how a run ended whose process is gone; its last words stay only if there are any."""
    log = runs.log(layout, ticket.definition, ticket.run)
    words = _last_words(log)
    if job.verdict:
        record(layout, ticket, job.verdict, job.reason)
    else:
        record(layout, ticket, runs.FAILED, _of_death(code, words))
    if not words and os.path.exists(log):
        os.unlink(log)


def _of_death(code: int | None, words: str) -> str:
    if code is None:
        return "interrupted"
    how = "killed by signal %d" % -code if code < 0 else "its process ended with %d" % code
    return "interrupted: %s" % how + (": " + words if words else "")


def _last_words(log: str) -> str:
    """Return the last line that a run wrote to its log."""
    try:
        with open(log, encoding="utf-8", errors="replace") as file:
            lines = file.read().strip().splitlines()
    except FileNotFoundError:
        return ""
    return lines[-1][:_SHOWN] if lines else ""
