"""Answers one request: JSON on stdin, JSON lines on stdout. Must not: change anything itself."""

from __future__ import annotations

import json
import sys
import time

from holdfast.agent import facts, running
from holdfast.agent.layout import PROTOCOL, Layout
from holdfast.agent.protocol import reading, request

TYPE_CHECKING = False  # typing's own would cost each read its import
if TYPE_CHECKING:
    from collections.abc import Iterator

_AWAITED = ("outcome", "progress", "result", "failure")


def main(*, readonly: bool) -> int:
    """Answer the request on stdin; `end` or `error` is the last line of a whole answer."""
    count = 0
    try:
        for line in _answer(sys.stdin.buffer.read(request.LARGEST + 1), readonly):
            _say(line)
            count += 1
    except request.Refusal as refusal:
        _say({"type": "error", "code": refusal.code, "message": str(refusal)})
        return 1
    except OSError as error:
        # What cannot be looked at is not absent: no `end`, so that nobody takes it for that.
        sys.stderr.write("%s: %s\n" % (error.filename, error.strerror))
        return 1
    _say({"type": "end", "count": count})
    return 0


def _say(line: dict[str, object]) -> None:
    sys.stdout.write(json.dumps(line) + "\n")
    if line["type"] in _AWAITED:
        sys.stdout.flush()  # whoever waits sees each change as it is made


def _answer(content: bytes, readonly: bool) -> Iterator[dict[str, object]]:  # noqa: FBT001
    yield from _hello()
    asked = request.parse(content)
    if readonly and not all(op.op in request.READS for op in asked.ops):
        raise request.Refusal("denied", "this key may only read")
    changes = [op for op in asked.ops if op.op == "apply"]
    if changes:
        from holdfast.agent.protocol import apply  # noqa: PLC0415 - a read must not pay for it

        yield from apply.carry_out(asked, changes)
    wanted = [op for op in asked.ops if op.op == "act"]
    if wanted:
        from holdfast.agent import acts  # noqa: PLC0415 - a read must not pay for it

        yield from acts.answer(reading.survey_of(asked), asked, wanted)
    for op in asked.ops:
        if op.op == "read":
            yield from reading.read(asked, op)
        elif op.op == "status":
            from holdfast.agent.protocol import status  # noqa: PLC0415 - a read must not pay for it

            yield from status.answer(reading.survey_of(asked, op.loadmasters))
        elif op.op == "backups":
            from holdfast.agent.backups import stock  # noqa: PLC0415 - a read must not pay for it

            yield from stock.answer(reading.survey_of(asked), op.names, op.storages or ())


def _hello() -> Iterator[dict[str, object]]:
    zone, problems = facts.zone(Layout.here("none").root)
    archive = running.archive()
    yield {
        "type": "hello",
        "protocol": PROTOCOL,
        "agent": None if archive is None else running.sha256(archive),
        "python": "%d.%d.%d" % sys.version_info[:3],
        "zone": zone,
        "time": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
    }
    yield from problems
