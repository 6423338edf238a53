"""Restoring a backup to an image file: the new one whole and proven before the old one goes.

The target's name always stands for the old file or the new one, whenever this is killed.
"""

from __future__ import annotations

import base64
import binascii
import contextlib
import os
from typing import TYPE_CHECKING, Iterator

from holdfast.agent import definition as definitions
from holdfast.agent import locks, names
from holdfast.agent.acts import shelf, stored
from holdfast.agent.acts.pace import Pace
from holdfast.agent.acts.target import Target
from holdfast.agent.acts.verify import refuse
from holdfast.agent.backups import claim
from holdfast.agent.failure import Failed, Malformed
from holdfast.agent.fields import Fields
from holdfast.agent.jobs import claims
from holdfast.agent.transforms import chain
from holdfast.agent.transforms.available import Available
from holdfast.agent.transforms.recipe import Packing

if TYPE_CHECKING:
    from holdfast.agent.acts.shelf import Found
    from holdfast.agent.protocol.request import Op, Request
    from holdfast.agent.setup.survey import Survey

    Line = dict[str, object]


def restore(survey: Survey, asked: Request, op: Op) -> Iterator[Line]:  # noqa: ARG001
    """Put a backup's content at `place`; what is there goes only if `destroys` repeats the path.

    `file_key` opens an encrypted one: the key of that file and of no other.
    """
    given = Fields(op.arguments, "restore")
    place, destroys = given.text("place"), given.text_or_none("destroys")
    if not place.startswith("/") or os.path.normpath(place) != place or "\0" in place:
        raise given.refusal("place", "an absolute path in its plain form")
    key = _key(given)
    found = shelf.find(survey, op.storage, op.backup)
    found.refuse_untrusted(op.arguments.get("accept"))
    found.refuse_lost()
    with contextlib.ExitStack() as stack:
        stack.enter_context(claim.held(found.layout, found.place, found.name, claim.RESTORE))
        stack.enter_context(_alone(found, place))
        target = stack.enter_context(
            Target(found.layout.under(place), destroys == place).prepared(
                found.manifest.content.size
            )
        )
        yield from _pour(found, target, key)
        target.switch()
    yield {"type": "result", "backup": found.name, "place": place}


def _pour(found: Found, target: Target, key: bytes | None) -> Iterator[Line]:
    """Write the content beside the target and prove it; yield progress."""
    manifest = found.manifest
    with stored.opened(found.file, manifest.stored.size) as descriptor:
        blocks = stored.blocks(descriptor, found.file, 0, manifest.stored.size)
        packing = Packing.of(manifest.file)
        limit = _limit(found)
        with chain.incoming(blocks, packing, key, Available(), limit) as flow:
            pace = Pace(manifest.content.size)
            for block in flow.blocks:
                target.write(block)
                if pace.add(len(block)):
                    yield pace.line()
    refuse(flow.stored, manifest.stored, "the stored bytes")
    refuse(flow.content, manifest.content, "the content")


@contextlib.contextmanager
def _alone(found: Found, place: str) -> Iterator[None]:
    """Keep backups of the target, and other restores to it, away for the time."""
    name = claims.source(found.layout, "image", place)
    with locks.tried(os.path.join(found.layout.run, name)) as ours:
        if not ours:
            raise Failed("%s is being backed up or restored: try again after that" % place)
        yield


def _limit(found: Found) -> int | None:
    """Return the bandwidth limit of the definition that made it, where it is still known."""
    identity = found.manifest.definition
    if not names.is_id(identity):
        return None
    try:
        known = definitions.load(found.layout, identity)
    except Malformed:
        return None  # its damage is told by every plan, and no reason not to restore
    return None if known is None else known.bandwidth_limit


def _key(given: Fields) -> bytes | None:
    text = given.text_or_none("file_key")
    if text is None:
        return None
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error:
        raise Malformed("restore: `file_key` must be base64") from None  # and is never shown
