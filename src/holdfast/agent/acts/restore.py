"""Restoring a backup, here or on another node: the new data whole and proven before the old goes.

The target's name always stands for the old data or the new, whenever this is killed.
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Iterator

from holdfast.agent.acts import shelf
from holdfast.agent.acts.deliver import deliver
from holdfast.agent.acts.pace import Pace
from holdfast.agent.backups import claim
from holdfast.agent.fields import Fields
from holdfast.agent.restoring import fit, lineage, origin, pour
from holdfast.agent.restoring.goal import Goal
from holdfast.agent.restoring.lineage import Line
from holdfast.agent.restoring.pour import Coming

if TYPE_CHECKING:
    from holdfast.agent.protocol.request import Op, Request
    from holdfast.agent.restoring.origin import Part
    from holdfast.agent.setup.survey import Survey


def restore(survey: Survey, asked: Request, op: Op) -> Iterator[dict[str, object]]:  # noqa: ARG001
    """Put a backup's content at `place`; what is there goes only if `destroys` repeats the place.

    `file_key` opens an encrypted one, `base_key` its base: keys of these files and of no other.
    The place may be one of another node, `over` by its name and the ticket that lies there.
    """
    given = Fields(op.arguments, "restore")
    goal = Goal.from_fields(given)
    over = given.inner_or_none("over") if "over" in op.arguments else None
    own, base = given.bytes_or_none("file_key"), given.bytes_or_none("base_key")
    found = shelf.find(survey, op.storage, op.backup)
    parts = origin.parts(found, own, base, op.arguments.get("accept"))
    fit.refuse_misfit(found, goal)
    with contextlib.ExitStack() as stack:
        for name in dict.fromkeys(part.found.name for part in parts):
            stack.enter_context(claim.held(found.layout, found.place, name, claim.RESTORE))
        line = _line(parts, goal, None if over is None else over.text("node"))
        size = sum(part.size for part in parts)
        if over is None:
            goal.refuse_storage(survey)
            here = [(part.path, part.content) for part in parts]
            pouring = pour.into(found.layout, goal, Coming(size, here, lambda: line))
        else:
            wired = [(part.path, part.wired) for part in parts]
            pouring = deliver(found.layout, over, Coming(size, wired, lambda: line))
        told = yield from Pace(size).over(pouring)
    is_base = bool(line.keeper) and lineage.is_newest(parts[0].found)
    result = {"type": "result", "backup": found.name, "place": goal.place}
    yield {**result, "told": told, "is_base": is_base}


def _line(parts: list[Part], goal: Goal, node: str | None) -> Line:
    base = parts[0].found
    guids = tuple(part.guid for part in parts)
    keeper = lineage.keeper(base, node, goal.place)
    return Line(guids, base.layout.inventory, keeper, base.manifest.guid or "")
