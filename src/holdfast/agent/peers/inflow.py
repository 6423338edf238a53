"""A framed stream as it comes in: its data, proven by its trailer or not whole."""

from __future__ import annotations

from typing import TYPE_CHECKING, Callable, Iterator

from holdfast.agent.failure import Failed
from holdfast.agent.fields import Fields, parse
from holdfast.agent.peers import frames, outlet

if TYPE_CHECKING:
    from holdfast.agent.peers.frames import Frame
    from holdfast.agent.transforms.digest import Digest

    Read = Callable[[str], Frame]  # given what is awaited, the next frame


class Inflow:
    """One stream of a node; `trailer` is there once all of it has come."""

    def __init__(self, node: str, read: Read, stored: Digest) -> None:
        self.trailer = Fields({}, "a trailer")
        self._node = node
        self._read = read
        self._stored = stored

    def blocks(self, passed: Callable[[int], None]) -> Iterator[bytes]:
        """Yield the data; `passed` is told now and then how much of the content it stands for."""
        while True:
            frame = self._read("the stream, after %d bytes" % self._stored.size)
            if frame.kind == frames.DATA:
                yield from self._stored.over((frame.payload,))
            elif frame.kind == frames.PROGRESS:
                passed(outlet.count(frame.payload))
            elif frame.kind == frames.TRAILER:
                self.trailer = parse(frame.payload, "the trailer of node %s" % self._node)
                self._prove()
                return
            else:
                raise Failed("node %s sent an answer amid a stream" % self._node)

    def _prove(self) -> None:
        """Raise Failed unless all that was sent has come, and nothing else."""
        sent, came = self.trailer.inner("wire").document, self._stored.facts()
        if sent != came:
            raise Failed(
                "what came from node %s is not what it sent: %s bytes of SHA-256 %s came, "
                "not %s of %s; the next run starts again"
                % (self._node, came["size"], came["sha256"], sent.get("size"), sent.get("sha256"))
            )
