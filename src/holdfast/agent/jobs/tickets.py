"""Tickets: the runs that wait on this node, of all its inventories, in order.

A ticket stays until its run has ended, so that whoever dispatches next knows of it.
"""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING, NamedTuple

from holdfast.agent import atomic, canonical, fields, locks, names, process
from holdfast.agent.failure import Malformed

if TYPE_CHECKING:
    from holdfast.agent.fields import Fields
    from holdfast.agent.layout import Layout

_CANCEL = ".cancel-"


class Ticket(NamedTuple):
    """One waiting run; when it began to wait is kept for this boot and by the calendar."""

    name: str
    inventory: str
    definition: str
    run: str
    boot: str
    monotonic: float
    queued: float

    def waited(self) -> float:
        """Return for how many seconds it has waited; a clock set anew does not count."""
        if self.boot == process.boot():
            return time.monotonic() - self.monotonic
        return time.time() - self.queued


def write(layout: Layout, identity: str, run: str) -> Ticket:
    """Put a ticket at the end of the queue, durably."""
    with locks.held(os.path.join(layout.queue, ".tickets.lock")):
        last = max((_sequence(name) for name in listed(layout)), default=0)
        ticket = Ticket(
            name="%08d-%s" % (last + 1, identity),
            inventory=layout.inventory,
            definition=identity,
            run=run,
            boot=process.boot(),
            monotonic=time.monotonic(),
            queued=time.time(),
        )
        document = ticket._asdict()
        del document["name"]
        atomic.write(os.path.join(layout.queue, ticket.name), canonical.dumps(document) + "\n")
    return ticket


def listed(layout: Layout) -> list[str]:
    """Return the names of all tickets, the one to serve first first."""
    try:
        found = os.listdir(layout.queue)
    except FileNotFoundError:
        return []
    return sorted(filter(_sequence, found), key=lambda name: (_sequence(name), name))


def read(layout: Layout, name: str) -> Ticket | None:
    """Return a ticket, None when it is gone; raise Malformed for what is none of ours."""
    given = fields.load(os.path.join(layout.queue, name), "ticket " + name)
    return None if given is None else _from_fields(name, given)


def remove(layout: Layout, name: str) -> None:
    """Take a ticket and its cancellation away: its run has ended."""
    atomic.remove(os.path.join(layout.queue, name))
    atomic.remove(os.path.join(layout.queue, _CANCEL + name))


def find(layout: Layout, identity: str, run: str) -> Ticket | None:
    """Return the ticket of a run of this inventory, None if it has none."""
    for name in listed(layout):
        if name.partition("-")[2] == identity:
            ticket = read(layout, name)
            if ticket is not None and (ticket.inventory, ticket.run) == (layout.inventory, run):
                return ticket
    return None


def holds(layout: Layout, identity: str, run: str) -> bool:
    """Tell whether a run of this inventory still has its ticket."""
    return find(layout, identity, run) is not None


def cancel(layout: Layout, name: str) -> None:
    """Ask whoever dispatches to end the run of a ticket."""
    atomic.write(os.path.join(layout.queue, _CANCEL + name), "")


def canceled(layout: Layout) -> frozenset[str]:
    """Return the names of the tickets whose runs are to be ended."""
    found = os.listdir(layout.queue)
    return frozenset(name[len(_CANCEL) :] for name in found if name.startswith(_CANCEL))


def _sequence(name: str) -> int:
    """Return a ticket's place in the order; 0 for what is no ticket."""
    digits = name.partition("-")[0]
    return int(digits) if digits.isascii() and digits.isdigit() else 0


def _from_fields(name: str, given: Fields) -> Ticket:
    ticket = Ticket(
        name=name,
        inventory=given.text("inventory"),
        definition=given.text("definition"),
        run=given.text("run"),
        boot=given.text("boot"),
        monotonic=given.number("monotonic"),
        queued=given.number("queued"),
    )
    if not (names.is_inventory(ticket.inventory) and names.is_id(ticket.definition)):
        raise Malformed("ticket %s names no definition" % name)
    if not names.is_name(ticket.run):
        raise Malformed("ticket %s names no run" % name)
    return ticket
