"""Stored bytes for the control side: the header that an identity opens, or a range of all."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Iterator

from holdfast.agent.acts import shelf, stored
from holdfast.agent.age import header as headers
from holdfast.agent.failure import Failed
from holdfast.agent.fields import Fields
from holdfast.agent.transforms.recipe import Packing

if TYPE_CHECKING:
    from holdfast.agent.protocol.request import Op, Request
    from holdfast.agent.setup.survey import Survey

    Line = dict[str, object]


def header(survey: Survey, asked: Request, op: Op) -> Iterator[Line]:  # noqa: ARG001
    """Tell the age header of an encrypted backup; nobody gets in by it without an identity."""
    found = shelf.find(survey, op.storage, op.backup)
    found.refuse_untrusted(op.arguments.get("accept"))
    found.refuse_lost()
    path, total = found.part(op.arguments.get("part"))
    if not Packing.of(path).encrypted:
        raise Failed("%s is not encrypted" % found.name)
    with stored.opened(path, total.size) as descriptor:
        raw, _ = headers.split(stored.blocks(descriptor, path, 0, total.size))
    yield {"type": "result", "header": base64.b64encode(raw).decode()}


def fetch(survey: Survey, asked: Request, op: Op) -> Iterator[Line]:  # noqa: ARG001
    """Tell the stored bytes of a backup, or of its `part`, from `offset` on, so many at most."""
    given = Fields(op.arguments, "fetch")
    found = shelf.find(survey, op.storage, op.backup)
    found.refuse_untrusted(op.arguments.get("accept"))
    found.refuse_lost()
    path, total = found.part(op.arguments.get("part"))
    start = given.whole("offset")
    end = min(start + given.whole("length", 1), total.size)
    with stored.opened(path, total.size) as descriptor:
        for block in stored.blocks(descriptor, path, start, end):
            yield {"type": "bytes", "data": base64.b64encode(block).decode()}
    yield {"type": "result", "end": end}
