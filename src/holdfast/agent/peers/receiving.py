"""What another node delivers on a ticket: written beside the target, proven, then put in its place.

Must not: write anywhere but where the ticket says, or more than it says.
"""

from __future__ import annotations

import contextlib
from typing import IO, TYPE_CHECKING, Iterable, Iterator

from holdfast.agent import names
from holdfast.agent.failure import Failed, Terminated
from holdfast.agent.peers import frames, keeping, ticket
from holdfast.agent.peers.inflow import Inflow
from holdfast.agent.restoring import pour
from holdfast.agent.restoring.lineage import Line
from holdfast.agent.restoring.pour import Coming
from holdfast.agent.setup.survey import Survey
from holdfast.agent.transforms.digest import Digest
from holdfast.agent.zfs import diskmark

if TYPE_CHECKING:
    from holdfast.agent.fields import Fields
    from holdfast.agent.layout import Layout
    from holdfast.agent.peers.outlet import Outlet
    from holdfast.agent.peers.ticket import Ticket
    from holdfast.agent.restoring.pour import Content


def receive(layout: Layout, peer: str, given: Fields, requests: IO[bytes], out: Outlet) -> None:
    """Take a delivery: streams, each with its trailer, of which the last one says so."""
    shown = ticket.take(layout, peer, given.text("ticket"))
    shown.goal.refuse_storage(Survey(layout))
    delivery = Delivery(layout, peer, shown, requests, out)
    coming = Coming(shown.size, delivery.streams(), delivery.line)
    pouring = pour.into(layout, shown.goal, coming)
    try:
        next(pouring)  # all that can be looked at before a byte comes has been
        out.answer({})
        while True:
            next(pouring)
    except StopIteration as end:
        out.answer({"told": end.value})
    finally:
        pouring.close()


class Delivery:
    """The streams that come on a ticket."""

    def __init__(
        self, layout: Layout, peer: str, shown: Ticket, requests: IO[bytes], out: Outlet
    ) -> None:
        self._layout = layout
        self._peer = peer
        self._left = shown.size
        self._requests = requests
        self._out = out
        self._inflow: Inflow | None = None

    def streams(self) -> Iterator[tuple[str, Content]]:
        """Yield each stream with its path; the last trailer says that it is the last."""
        while self._inflow is None or self._inflow.trailer.truth("more"):
            path = "" if self._inflow is None else _path(self._inflow.trailer)
            self._inflow = Inflow(self._peer, self._read, Digest())
            yield path, self._stream

    def line(self) -> Line:
        """Return what the trailer of all tells of the snapshots that came."""
        assert self._inflow is not None  # noqa: S101 - there is a stream at least
        last = self._inflow.trailer
        guids = tuple(guid or None for guid in last.texts("snapshots"))
        keeper = last.text("keeper")
        keeping.refuse_keeper(self._layout, self._peer, keeper)
        return Line(guids, self._layout.inventory, keeper, diskmark.told(last))

    @contextlib.contextmanager
    def _stream(self) -> Iterator[Iterable[bytes]]:
        assert self._inflow is not None  # noqa: S101 - it was begun just now
        yield self._measured(self._inflow.blocks(lambda _done: None))

    def _measured(self, blocks: Iterator[bytes]) -> Iterator[bytes]:
        for block in blocks:
            self._left -= len(block)
            if self._left < 0:
                raise Failed("node %s delivers more than its ticket says" % self._peer)
            yield block

    def _read(self, _what: str) -> frames.Frame:
        self._out.wait()
        try:
            return frames.read(self._requests)
        except frames.BrokenOff:
            raise Terminated from None  # whoever delivers is gone


def _path(trailer: Fields) -> str:
    """Return where the next stream goes, below the target and nowhere else."""
    path = trailer.text("path")
    if path and not names.is_dataset("disk/" + path):
        raise trailer.refusal("path", "a path of a dataset")
    return path
