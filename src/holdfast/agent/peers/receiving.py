"""What another node delivers on a ticket: written beside the target, proven, then put in its place.

Must not: write anywhere but where the ticket says, or more than it says.
"""

from __future__ import annotations

from typing import IO, TYPE_CHECKING, Callable, Iterator

from holdfast.agent.failure import Failed, Terminated
from holdfast.agent.freeze import answering
from holdfast.agent.peers import frames, outlet, ticket
from holdfast.agent.peers.inflow import Inflow
from holdfast.agent.restoring import goal as goals
from holdfast.agent.setup.survey import Survey
from holdfast.agent.transforms.digest import Digest

if TYPE_CHECKING:
    from holdfast.agent.fields import Fields
    from holdfast.agent.layout import Layout
    from holdfast.agent.peers.outlet import Outlet
    from holdfast.agent.peers.ticket import Ticket


def receive(layout: Layout, peer: str, given: Fields, requests: IO[bytes], out: Outlet) -> None:
    """Take a delivery: streams, each with its trailer, of which the last one says so."""
    shown = ticket.take(layout, peer, given.text("ticket"))
    shown.goal.refuse_storage(Survey(layout))
    with shown.goal.alone(layout):
        answering.refuse(layout, shown.goal.guest)
        delivery = Delivery(peer, shown, requests)
        into = _to_dataset if shown.goal.kind == goals.DATASET else _to_image
        out.answer(into(layout, shown, delivery, lambda: out.answer({})))


class Delivery:
    """The streams that come on a ticket."""

    def __init__(self, peer: str, shown: Ticket, requests: IO[bytes]) -> None:
        self._peer = peer
        self._left = shown.size
        self._requests = requests
        self._inflow: Inflow | None = None

    def streams(self) -> Iterator[Iterator[bytes]]:
        """Yield each stream's blocks; the last trailer ends it."""
        while self._inflow is None or self._inflow.trailer.truth("more"):
            self._inflow = Inflow(self._peer, self._read, Digest())
            yield self._measured(self._inflow.blocks(lambda _done: None))

    def last(self) -> Fields:
        """Return the trailer of all."""
        assert self._inflow is not None  # noqa: S101 - there is a stream at least
        return self._inflow.trailer

    def _measured(self, blocks: Iterator[bytes]) -> Iterator[bytes]:
        for block in blocks:
            self._left -= len(block)
            if self._left < 0:
                raise Failed("node %s delivers more than its ticket says" % self._peer)
            yield block

    def _read(self, _what: str) -> frames.Frame:
        outlet.wait()
        try:
            return frames.read(self._requests)
        except frames.BrokenOff:
            raise Terminated from None  # whoever delivers is gone


def _to_image(
    layout: Layout, shown: Ticket, delivery: Delivery, begin: Callable[[], None]
) -> dict[str, object]:
    from holdfast.agent.restoring.image import Image  # noqa: PLC0415 - one kind a restore

    target = Image(layout.under(shown.goal.place), shown.goal.replaces)
    with target.prepared(shown.size):
        begin()
        for blocks in delivery.streams():
            for block in blocks:
                target.write(block)
        target.switch()
    return {"told": "", "is_base": False}


def _to_dataset(
    layout: Layout, shown: Ticket, delivery: Delivery, begin: Callable[[], None]
) -> dict[str, object]:
    from holdfast.agent.restoring import lineage  # noqa: PLC0415 - few nodes have ZFS
    from holdfast.agent.restoring.dataset import Dataset  # noqa: PLC0415

    with Dataset(shown.goal.place, shown.goal.replaces).prepared() as target:
        begin()
        for blocks in delivery.streams():
            with target.filling() as into:
                for block in blocks:
                    if not into.write(block):
                        break
        last = delivery.last()
        guids = [guid or None for guid in last.texts("snapshots")]
        lineage.prove(target.name, guids, target.received())
        is_base = lineage.keep(target.received(), layout.inventory, last.text("keeper"))
        target.switch()
    return {"told": target.told, "is_base": is_base}
