"""Restoring a backup: the new data whole and proven before the old goes.

The target's name always stands for the old data or the new, whenever this is killed.
"""

from __future__ import annotations

import base64
import binascii
import contextlib
from typing import TYPE_CHECKING, Generator, Iterator

from holdfast.agent.acts import shelf
from holdfast.agent.acts.deliver import deliver
from holdfast.agent.acts.pace import Pace
from holdfast.agent.backups import claim
from holdfast.agent.failure import Malformed
from holdfast.agent.fields import Fields
from holdfast.agent.freeze import answering
from holdfast.agent.restoring import fit, lineage, origin
from holdfast.agent.restoring import goal as goals

if TYPE_CHECKING:
    from holdfast.agent.protocol.request import Op, Request
    from holdfast.agent.restoring.goal import Goal
    from holdfast.agent.restoring.origin import Part
    from holdfast.agent.setup.survey import Survey

    Line = dict[str, object]


def restore(survey: Survey, asked: Request, op: Op) -> Iterator[Line]:  # noqa: ARG001
    """Put a backup's content at `place`; what is there goes only if `destroys` repeats the place.

    `file_key` opens an encrypted one, `base_key` its base: keys of these files and of no other.
    The place may be one of another node, `over` by its name and the ticket that lies there.
    """
    given = Fields(op.arguments, "restore")
    goal = goals.Goal.from_fields(given)
    own, base = _key(given, "file_key"), _key(given, "base_key")
    found = shelf.find(survey, op.storage, op.backup)
    parts = origin.parts(found, own, base, op.arguments.get("accept"))
    fit.refuse_misfit(found, goal)
    over = given.inner("over") if "over" in op.arguments else None
    with contextlib.ExitStack() as stack:
        for part in parts:
            word, name = claim.RESTORE, part.found.name
            stack.enter_context(claim.held(found.layout, found.place, name, word))
        if over is not None:
            told = yield from deliver(parts, goal, over)
        else:
            goal.refuse_storage(survey)
            stack.enter_context(goal.alone(found.layout))
            answering.refuse(found.layout, goal.guest)
            into = _to_dataset if goal.kind == goals.DATASET else _to_image
            told = yield from into(parts, goal)
    yield {"type": "result", "backup": found.name, "place": goal.place, **told}


def _to_image(parts: list[Part], goal: Goal) -> Generator[Line, None, Line]:
    from holdfast.agent.restoring.image import Image  # noqa: PLC0415 - one kind a restore

    (part,) = parts
    place = part.found.layout.under(goal.place)
    with Image(place, goal.replaces).prepared(part.size) as target:
        pace = Pace(part.size)
        with origin.content(part) as blocks:
            for block in blocks:
                target.write(block)
                if pace.add(len(block)):
                    yield pace.line()
        target.switch()
    return {"told": "", "is_base": False}


def _to_dataset(parts: list[Part], goal: Goal) -> Generator[Line, None, Line]:
    from holdfast.agent.restoring.dataset import Dataset  # noqa: PLC0415 - few nodes have ZFS

    with Dataset(goal.place, goal.replaces).prepared() as target:
        pace = Pace(sum(part.size for part in parts))
        for part in parts:
            with origin.content(part) as blocks, target.filling() as into:
                for block in blocks:
                    if not into.write(block):
                        break
                    if pace.add(len(block)):
                        yield pace.line()
        is_base = lineage.settle(parts, target.name, target.received())
        target.switch()
    return {"told": target.told, "is_base": is_base}


def _key(given: Fields, name: str) -> bytes | None:
    text = given.text_or_none(name)
    if text is None:
        return None
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error:
        raise Malformed("restore: `%s` must be base64" % name) from None  # and is never shown
