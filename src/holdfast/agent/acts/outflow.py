"""The whole stream of a backup that is a snapshot, for the control side to keep as a file."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Iterator

from holdfast.agent.acts import received, shelf
from holdfast.agent.backups import claim
from holdfast.agent.failure import Failed
from holdfast.agent.fields import Fields
from holdfast.agent.transforms.digest import Digest

if TYPE_CHECKING:
    from holdfast.agent.protocol.request import Op, Request
    from holdfast.agent.setup.survey import Survey

    Line = dict[str, object]


def outflow(survey: Survey, asked: Request, op: Op) -> Iterator[Line]:  # noqa: ARG001
    """Tell the stream from `offset` on, and the digest of all of it, what was skipped included.

    ZFS sends it from the start each time, so what was skipped is read, but not sent again.
    """
    given = Fields(op.arguments, "outflow")
    found = shelf.find(survey, op.storage, op.backup)
    found.refuse_untrusted(op.arguments.get("accept"))
    found.refuse_lost()
    if not found.parent:
        raise Failed("%s is a file: its stored bytes are fetched" % found.name)
    if found.manifest.children:
        raise Failed(
            "%s is of several datasets, and no one stream holds them: restore it" % found.name
        )
    guid = found.manifest.snapshot
    skipped, digest = given.whole("offset"), Digest()
    with (
        claim.held(found.layout, found.place, found.name, claim.VERIFY),
        received.stream_of(found, guid) as blocks,
    ):
        about = received.size(found, guid)
        for block in digest.over(blocks):
            start = max(0, len(block) - (digest.size - skipped))
            if start < len(block):
                data = base64.b64encode(block[start:]).decode()
                yield {"type": "bytes", "data": data, "total": about}
    if digest.size < skipped:
        raise Failed("the stream has %d bytes, of which %d were had" % (digest.size, skipped))
    yield {"type": "result", **digest.facts()}
