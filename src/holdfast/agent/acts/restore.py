"""Restoring a backup: the new data whole and proven before the old goes.

The target's name always stands for the old data or the new, whenever this is killed.
"""

from __future__ import annotations

import base64
import binascii
import contextlib
import os
from typing import TYPE_CHECKING, Generator, Iterator

from holdfast.agent import locks
from holdfast.agent.acts import shelf
from holdfast.agent.acts.pace import Pace
from holdfast.agent.backups import claim
from holdfast.agent.failure import Failed, Malformed
from holdfast.agent.fields import Fields
from holdfast.agent.freeze import answering
from holdfast.agent.jobs import claims
from holdfast.agent.restoring import goal as goals
from holdfast.agent.restoring import lineage, origin

if TYPE_CHECKING:
    from holdfast.agent.acts.shelf import Found
    from holdfast.agent.protocol.request import Op, Request
    from holdfast.agent.restoring.dataset import Dataset
    from holdfast.agent.restoring.goal import Goal
    from holdfast.agent.setup.survey import Survey

    Line = dict[str, object]


def restore(survey: Survey, asked: Request, op: Op) -> Iterator[Line]:  # noqa: ARG001
    """Put a backup's content at `place`; what is there goes only if `destroys` repeats the place.

    `file_key` opens an encrypted one: the key of that file and of no other.
    """
    given = Fields(op.arguments, "restore")
    goal = goals.Goal.from_fields(given)
    key = _key(given)
    found = shelf.find(survey, op.storage, op.backup)
    found.refuse_untrusted(op.arguments.get("accept"))
    found.refuse_lost()
    _refuse_misfit(found, goal)
    goal.refuse_storage(survey)
    with contextlib.ExitStack() as stack:
        stack.enter_context(claim.held(found.layout, found.place, found.name, claim.RESTORE))
        stack.enter_context(_alone(found, goal))
        answering.refuse(found.layout, goal.guest)
        into = _to_dataset if goal.kind == goals.DATASET else _to_image
        told = yield from into(found, goal, key)
    yield {"type": "result", "backup": found.name, "place": goal.place, **told}


def _to_image(found: Found, goal: Goal, key: bytes | None) -> Generator[Line, None, Line]:
    from holdfast.agent.restoring.image import Image  # noqa: PLC0415 - one kind a restore

    size = found.manifest.content.size
    with Image(found.layout.under(goal.place), goal.replaces).prepared(size) as target:
        pace = Pace(size)
        with origin.content(found, key) as blocks:
            for block in blocks:
                target.write(block)
                if pace.add(len(block)):
                    yield pace.line()
        target.switch()
    return {"told": "", "is_base": False}


def _to_dataset(found: Found, goal: Goal, key: bytes | None) -> Generator[Line, None, Line]:
    from holdfast.agent.restoring.dataset import Dataset  # noqa: PLC0415 - few nodes have ZFS

    with Dataset(goal.place, goal.replaces).prepared() as target:
        pace = Pace(found.manifest.content.size)
        with origin.content(found, key) as blocks, target.filling() as into:
            for block in blocks:
                if not into.write(block):
                    break
                if pace.add(len(block)):
                    yield pace.line()
        is_base = _prove(found, target)
        target.switch()
    return {"told": target.told, "is_base": is_base}


def _prove(found: Found, target: Dataset) -> bool:
    """Hold what was received against the manifest; tell whether the next backup may build on it."""
    snapshots = target.received()
    wanted = found.manifest.snapshot
    if not snapshots or wanted not in (None, snapshots[-1].guid):
        raise Failed("what was received for %s is not what was backed up" % found.name)
    return lineage.settle(found, target.name, snapshots)


def _refuse_misfit(found: Found, goal: Goal) -> None:
    """Raise Failed where a backup of one kind would go to a place of another."""
    is_stream = origin.is_stream(found.manifest)
    if goal.kind == goals.DATASET and not is_stream:
        raise Failed("%s is an image, %s a dataset" % (found.name, goal.place))
    if goal.kind == goals.IMAGE and is_stream and goal.replaces:
        raise Failed("%s is a dataset's stream, %s an image" % (found.name, goal.place))


@contextlib.contextmanager
def _alone(found: Found, goal: Goal) -> Iterator[None]:
    """Keep backups of the target, and other restores to it, away for the time."""
    name = claims.source(found.layout, goal.kind, goal.place)
    with locks.tried(os.path.join(found.layout.run, name)) as ours:
        if not ours:
            raise Failed("%s is being backed up or restored: try again after that" % goal.place)
        yield


def _key(given: Fields) -> bytes | None:
    text = given.text_or_none("file_key")
    if text is None:
        return None
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error:
        raise Malformed("restore: `file_key` must be base64") from None  # and is never shown
