"""Dispatcher: of all processes on a node the one that starts the queued runs, in order.

Whoever gets the lock is it, until no ticket is left. A ticket written while it leaves is not lost:
it looks again after it has let the lock go, and the writer tries the lock after writing.
"""

from __future__ import annotations

import select
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from holdfast.agent import definition as definitions
from holdfast.agent import fork, process
from holdfast.agent.failure import Malformed, complain
from holdfast.agent.jobs import claims, dispatching, runs, tickets, verdict
from holdfast.agent.jobs.job import Job
from holdfast.agent.layout import Layout

if TYPE_CHECKING:
    from holdfast.agent.definition import Definition
    from holdfast.agent.jobs.runs import Run
    from holdfast.agent.jobs.tickets import Ticket

POLL = 0.2  # seconds until a new ticket or a cancellation is seen


def serve(layout: Layout) -> None:
    """Run what is queued until nothing is left, unless another process does so."""
    while tickets.listed(layout):
        with dispatching.tried(layout) as ours:
            if not ours:
                return
            Dispatcher(layout).drain()


class _Waiting(NamedTuple):
    """A queued run that has not been started."""

    ticket: Ticket
    definition: Definition
    layout: Layout


class Dispatcher:
    """The queue's state in memory; all of it can be told again from the tickets and run files."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._waiting: dict[str, _Waiting] = {}
        self._jobs: dict[str, tuple[Ticket, Job]] = {}

    def drain(self) -> None:
        """Run everything that is or becomes queued, until nothing is."""
        while True:
            canceled = tickets.canceled(self._layout)
            self._watch(canceled)
            names = tickets.listed(self._layout)
            if not names and not self._jobs:
                return
            self._admit(names)
            self._start(canceled)
            select.select([job.descriptor for _, job in self._jobs.values()], [], [], POLL)

    def _watch(self, canceled: frozenset[str]) -> None:
        """Stop what is canceled or late; conclude what has ended."""
        for name, (ticket, job) in list(self._jobs.items()):
            if name in canceled and not job.verdict:
                job.stop(runs.CANCELED, "canceled while running")
            elif job.is_late():
                job.stop(runs.TIMEOUT, "ran longer than its timeout of %d s" % job.timeout)
            job.press()
            if job.is_over():
                del self._jobs[name]
                verdict.of_job(self._of(ticket), ticket, job, job.close())
                tickets.remove(self._layout, name)

    def _admit(self, names: list[str]) -> None:
        """Learn of new tickets, and of those that somebody took away."""
        there = frozenset(names)
        self._waiting = {name: it for name, it in self._waiting.items() if name in there}
        for name in names:
            if name in self._waiting or name in self._jobs:
                continue
            try:
                self._look(name)
            except Malformed as error:
                complain("%s; it is dropped" % error)
                tickets.remove(self._layout, name)

    def _look(self, name: str) -> None:
        """Take a ticket in: to wait, to be watched, or to be concluded at once."""
        ticket = tickets.read(self._layout, name)
        if ticket is None:
            return
        layout = self._of(ticket)
        run = runs.find(layout, ticket.definition, ticket.run)
        if run is None or run.status in runs.ENDED:
            tickets.remove(self._layout, name)
            return
        try:
            definition = definitions.load(layout, ticket.definition)
        except Malformed as error:
            self._conclude(ticket, runs.FAILED, str(error))
            return
        if run.status == runs.RUNNING:
            self._adopt(ticket, run, definition)
        elif definition is None:
            self._conclude(ticket, runs.CANCELED, "the definition was removed while it waited")
        else:
            self._waiting[name] = _Waiting(ticket, definition, layout)

    def _adopt(self, ticket: Ticket, run: Run, definition: Definition | None) -> None:
        """Watch a run that a dispatcher started that is no more."""
        if run.process is None or not process.alive(run.process):
            self._conclude(ticket, runs.FAILED, "interrupted")
            return
        # How long it has run already is not known by a clock that can be trusted.
        timeout = 0 if definition is None else definition.timeout
        self._jobs[ticket.name] = ticket, Job(run.process, timeout, None)

    def _start(self, canceled: frozenset[str]) -> None:
        """Start what a slot is free for, first come first served; drop what waited too long."""
        full = False
        for name, waiting in list(self._waiting.items()):
            ticket, definition, _ = waiting
            if name in canceled:
                self._conclude(ticket, runs.CANCELED, "canceled while queued")
            elif ticket.waited() > definition.queue_timeout:
                reason = "waited longer than its queue_timeout of %d s" % definition.queue_timeout
                self._conclude(ticket, runs.TIMEOUT, reason)
            elif not full:
                slot = claims.slot(self._layout)
                full = slot is None
                if slot is not None:
                    self._start_one(waiting, slot)

    def _start_one(self, waiting: _Waiting, slot: int) -> None:
        """Start a job in a slot, unless its source is in use: then others may overtake it."""
        from holdfast.agent.jobs import execute  # noqa: PLC0415 - mostly an hourly look finds nothing to start

        ticket, definition, layout = waiting
        held = claims.exclusive(layout, definition)
        if held is None:
            claims.release([slot])
            return
        held.append(slot)
        log = runs.log(layout, definition.id, ticket.run)
        started = fork.start(partial(execute.main, ticket.name), log, held)
        claims.release(held)
        job = Job(process.of(started.pid), definition.timeout, started)
        self._jobs[ticket.name] = ticket, job
        del self._waiting[ticket.name]

    def _conclude(self, ticket: Ticket, status: str, reason: str) -> None:
        verdict.record(self._of(ticket), ticket, status, reason)
        self._waiting.pop(ticket.name, None)
        tickets.remove(self._layout, ticket.name)

    def _of(self, ticket: Ticket) -> Layout:
        return Layout(ticket.inventory, self._layout.root)
