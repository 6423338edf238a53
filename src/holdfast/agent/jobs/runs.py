"""Run files: one an attempt, written by that run alone, whole or not at all."""

from __future__ import annotations

import os
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from holdfast.agent import atomic, canonical, fields, process, timestamp
from holdfast.agent.failure import Malformed
from holdfast.agent.jobs import dispatching, tickets
from holdfast.agent.process import Process

if TYPE_CHECKING:
    from holdfast.agent.fields import Fields
    from holdfast.agent.layout import Layout

QUEUED, RUNNING = "queued", "running"
SUCCESS, WARNING, FAILED, TIMEOUT, CANCELED = "success", "warning", "failed", "timeout", "canceled"
APIVERSION, UNAUTHORIZED = "apiversion", "unauthorized"  # of LoadMasters
BAD = (FAILED, TIMEOUT, APIVERSION, UNAUTHORIZED)
ENDED = (SUCCESS, WARNING, CANCELED, *BAD)

KEPT = 100
FAILURES_KEPT = timedelta(days=90)


class Run(NamedTuple):
    """One attempt to make a backup; instants are texts, empty while they have not come."""

    run: str
    definition: str
    inventory: str
    trigger: str
    due: str = ""
    queued: str = ""
    started: str = ""
    ended: str = ""
    status: str = QUEUED
    reason: str = ""
    backup: str = ""
    bytes: int = 0
    process: Process | None = None

    def to_document(self) -> dict[str, object]:
        """Return the JSON value of the run file."""
        known = None if self.process is None else self.process._asdict()
        return {**self._asdict(), "process": known}


def from_fields(given: Fields) -> Run:
    """Return the run that a run file describes."""
    texts = ("run", "definition", "inventory", "trigger", "due", "queued", "started", "ended")
    known = given.document.get("process")
    return Run(
        **{name: given.text(name) for name in texts},
        status=given.one_of("status", QUEUED, RUNNING, *ENDED),
        reason=given.text("reason"),
        backup=given.text("backup"),
        bytes=given.whole("bytes"),
        process=None if known is None else Process.from_fields(given.inner("process")),
    )


def path(layout: Layout, identity: str, name: str) -> str:
    """Return where the file of a run lies."""
    return os.path.join(layout.runs, identity, name + ".json")


def write(layout: Layout, run: Run) -> None:
    """Put the run down, durably."""
    content = canonical.dumps(run.to_document()) + "\n"
    atomic.write(path(layout, run.definition, run.run), content)


def begin(layout: Layout, run: Run, now: datetime) -> Run:
    """Return the run named and queued now, and put down; one caller at a time a definition.

    Its name comes after all others', so that a clock set back hides no run behind an earlier one.
    """
    names = filter(timestamp.is_run, _names(layout, run.definition))
    name, newest = timestamp.of_run(now), max(names, default="")
    if name <= newest:
        name = timestamp.after_run(newest)
    run = run._replace(run=name, queued=timestamp.to_text(now), status=QUEUED)
    write(layout, run)
    return run


def find(layout: Layout, identity: str, name: str) -> Run | None:
    """Return one run as its file says; None when there is no such file."""
    given = fields.load(path(layout, identity, name), "run %s of %s" % (name, identity))
    return None if given is None else from_fields(given)


def read(layout: Layout, identity: str) -> list[Run]:
    """Return the runs of a definition, oldest first; what died without a word is `interrupted`."""
    found = (look(layout, identity, name) for name in _names(layout, identity))
    return [run for run in found if run is not None]


def prune(layout: Layout, identity: str, now: datetime) -> None:
    """Remove run files but the last hundred, every failure of 90 days and the newest success."""
    if len(_names(layout, identity)) <= KEPT:
        return
    runs = read(layout, identity)
    oldest = timestamp.of_run(now - FAILURES_KEPT)
    good = max((run.run for run in runs if run.status in (SUCCESS, WARNING)), default="")
    for run in runs[:-KEPT]:
        recent_failure = run.status in BAD and run.run >= oldest
        if run.status in ENDED and run.run != good and not recent_failure:
            atomic.remove(path(layout, identity, run.run))
            atomic.remove(log(layout, identity, run.run))


def log(layout: Layout, identity: str, name: str) -> str:
    """Return where a run that dies of a bug leaves its last words."""
    return path(layout, identity, name)[: -len(".json")] + ".log"


def _names(layout: Layout, identity: str) -> list[str]:
    try:
        files = os.listdir(os.path.join(layout.runs, identity))
    except FileNotFoundError:
        return []
    return sorted(name[:-5] for name in files if name.endswith(".json") and name[0] != ".")


def look(layout: Layout, identity: str, name: str) -> Run | None:
    """Return one run as it truly stands: what died without a word is `interrupted`."""
    try:
        run = find(layout, identity, name)
        if run is not None and _is_gone(layout, run):
            # It may have ended between the two looks.
            run = find(layout, identity, name)
            if run is not None and _is_gone(layout, run):
                run = run._replace(status=FAILED, reason="interrupted")
    except Malformed as error:
        return Run(name, identity, layout.inventory, "", status=FAILED, reason=str(error))
    return run


def _is_gone(layout: Layout, run: Run) -> bool:
    """Tell whether nothing is left that could end this run: neither it nor its dispatcher."""
    if run.status in ENDED or (run.process is not None and process.alive(run.process)):
        return False
    if not tickets.holds(layout, run.definition, run.run):
        return True
    # Why a process ended is known to the dispatcher alone, and it tells an instant later.
    return run.status == RUNNING and not dispatching.goes_on(layout)
