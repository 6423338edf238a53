"""The way out of a session: typed answers, and streams that end in a trailer."""

from __future__ import annotations

import json
import signal
import struct
import time
from typing import IO, TYPE_CHECKING, Callable

from holdfast.agent.peers import frames

if TYPE_CHECKING:
    from holdfast.agent.transforms.chain import Flow

PATIENCE = 900  # seconds without a word from or to the other side until it is given up
FOR_EVER = 0
_TELL_EVERY = 0.5
_COUNT = struct.Struct("!Q")


class Outlet:
    """Writes frames; who does not read them for long is given up, by the alarm of this process."""

    def __init__(self, file: IO[bytes], patience: int = FOR_EVER) -> None:
        self._file = file
        self._patience = patience

    def answer(self, document: dict[str, object]) -> None:
        """Answer a request."""
        self._write(frames.ANSWER, json.dumps(document).encode())

    def failure(self, message: str) -> None:
        """Say why a request is not followed, or why a stream does not go on."""
        self._write(frames.FAILURE, json.dumps({"message": message}).encode())

    def stream(self, flow: Flow, last: Callable[[], dict[str, object]]) -> None:
        """Send all of a flow, then its digests and what can be said only then."""
        due = 0.0
        for block in flow.blocks:
            for part in frames.cut(block):
                self._write(frames.DATA, part)
            if time.monotonic() >= due:
                due = time.monotonic() + _TELL_EVERY
                self._write(frames.PROGRESS, _COUNT.pack(flow.content.size))
        sums = {"content": flow.content.facts(), "wire": flow.stored.facts()}
        self._write(frames.TRAILER, json.dumps({**sums, **last()}).encode())

    def _write(self, kind: bytes, payload: bytes) -> None:
        self.wait()
        frames.write(self._file, kind, payload)

    def wait(self) -> None:
        """Be patient anew from now on."""
        if self._patience != FOR_EVER:
            signal.alarm(self._patience)


def count(payload: bytes) -> int:
    """Return the bytes that a frame of progress tells."""
    return int.from_bytes(payload[: _COUNT.size], "big")
