"""A restore to another node: its content goes over the wire, on a ticket that lies there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generator

from holdfast.agent.peers import known, parcel, session

if TYPE_CHECKING:
    from holdfast.agent.fields import Fields
    from holdfast.agent.layout import Layout
    from holdfast.agent.peers.known import Known
    from holdfast.agent.restoring.pour import Coming


def deliver(layout: Layout, over: Fields, coming: Coming) -> Generator[int, None, str]:
    """Yield how many bytes were sent each time; return what the other node tells at the end."""
    with (
        session.to(layout, _known(layout, over)) as wire,
        parcel.to(wire, over.text("ticket")) as sent,
    ):
        for number, (path, content) in enumerate(coming.contents):
            if number:
                sent.seal(path)
            with content() as blocks:
                for block in blocks:
                    sent.write(block)
                    yield len(block)
        line = coming.line()
        guids = [guid or "" for guid in line.guids]
        return sent.conclude(guids, line.keeper, line.disk).text("told")


def _known(layout: Layout, over: Fields) -> Known:
    """Return how the node is reached: as the request says, else as an apply said."""
    node, given = over.text("node"), over.inner_or_none("known")
    return known.find(layout, node) if given is None else known.from_fields(node, given)
