"""A restore to another node: its content goes over the wire, on a ticket that lies there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generator

from holdfast.agent.acts.pace import Pace
from holdfast.agent.peers import known, parcel, session
from holdfast.agent.restoring import lineage, origin

if TYPE_CHECKING:
    from holdfast.agent.fields import Fields
    from holdfast.agent.restoring.goal import Goal
    from holdfast.agent.restoring.origin import Part

    Line = dict[str, object]


def deliver(parts: list[Part], goal: Goal, over: Fields) -> Generator[Line, None, Line]:
    """Send the parts to `node` on its `ticket`; return what it tells once they are in place."""
    node, base = over.text("node"), parts[0].found
    pace = Pace(sum(part.size for part in parts))
    with (
        session.to(base.layout, known.find(base.layout, node)) as wire,
        parcel.to(wire, over.text("ticket")) as sent,
    ):
        for part in parts:
            with origin.content(part) as blocks:
                for block in blocks:
                    sent.write(block)
                    if pace.add(len(block)):
                        yield pace.line()
            if part is not parts[-1]:
                sent.seal()
        guids = [guid or "" for guid in lineage.guids(parts)]
        told = sent.conclude(guids, lineage.keeper(base, goal.place, node))
    is_base = told.truth("is_base") and lineage.is_newest(base)
    return {"told": told.text("told"), "is_base": is_base}
