"""A session with another node, on the side that asks: requests out, answers and streams in."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import tempfile
from typing import IO, TYPE_CHECKING, Callable, Iterator

from holdfast.agent import fields
from holdfast.agent.failure import Failed
from holdfast.agent.peers import PROTOCOL, frames, outlet, way
from holdfast.agent.peers.trouble import explained
from holdfast.agent.transforms.chain import Flow
from holdfast.agent.transforms.digest import Digest, Told
from holdfast.agent.transforms.pipeline import Pipeline

if TYPE_CHECKING:
    from holdfast.agent.fields import Fields
    from holdfast.agent.layout import Layout
    from holdfast.agent.peers.known import Known
    from holdfast.agent.sources.seam import Tell

_FAREWELL = 5.0  # seconds for the program to end by itself


@contextlib.contextmanager
def to(layout: Layout, known: Known) -> Iterator[Session]:
    """Give a session with a node; its program ends with the block."""
    os.makedirs(layout.run, mode=0o750, exist_ok=True)
    with tempfile.TemporaryFile() as errors, tempfile.NamedTemporaryFile(dir=layout.run) as hosts:
        hosts.write(way.host_line(known).encode())
        hosts.flush()
        going = way.to(layout, known, hosts.name)
        try:
            process = subprocess.Popen(
                going.words,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                env=going.environ,
                cwd="/",
            )
        except FileNotFoundError:
            hint = "install openssh-client (Debian, Ubuntu) or openssh-clients (RHEL)"
            raise Failed("ssh is not on this node: " + hint) from None
        try:
            yield Session(known, process, errors)
        finally:
            _end(process)


class Session:
    """One conversation; whatever ends it early is one Failed that says what to do."""

    def __init__(self, known: Known, process: subprocess.Popen[bytes], errors: IO[bytes]) -> None:
        self.node = known.node
        self._known = known
        self._process = process
        self._errors = errors

    def claim(self, identity: str, granted: dict[str, object], keepers: tuple[str, ...]) -> None:
        """Wait until a definition's disk is ours for this session."""
        asked = {"protocol": PROTOCOL, "definition": identity, "as": granted}
        self.ask("claim", {**asked, "keepers": keepers})

    def ask(self, do: str, members: dict[str, object]) -> Fields:
        """Return the answer to a request; raise Failed in the other side's words."""
        self._request(do, members)
        frame = self._read("its answer")
        if frame.kind != frames.ANSWER:
            raise Failed("node %s answered %s with a stream" % (self.node, do))
        return self._typed(frame.payload)

    @contextlib.contextmanager
    def stream(
        self, do: str, members: dict[str, object], tell: Tell, last: Callable[[Fields], None]
    ) -> Iterator[Flow]:
        """Give what a request brings; `last` gets its trailer, once all is proven to have come."""
        self._request(do, members)
        content, stored = Told(), Digest()

        def prove(trailer: Fields) -> None:
            self._compare(trailer.inner("wire"), stored)
            content.tell(trailer.inner("content"))
            last(trailer)

        def passed(done: int) -> None:
            content.size = done
            tell(done)

        blocks = self._blocks(stored, passed, prove)
        with Pipeline(blocks, [iter], self._process.kill) as out:
            yield Flow(out, content, stored)

    def _blocks(
        self, stored: Digest, tell: Tell, prove: Callable[[Fields], None]
    ) -> Iterator[bytes]:
        while True:
            frame = self._read("the stream, after %d bytes" % stored.size)
            if frame.kind == frames.DATA:
                yield from stored.over((frame.payload,))
            elif frame.kind == frames.PROGRESS:
                tell(outlet.count(frame.payload))
            elif frame.kind == frames.TRAILER:
                prove(self._typed(frame.payload))
                return
            else:
                raise Failed("node %s sent an answer amid a stream" % self.node)

    def _compare(self, wire: Fields, stored: Digest) -> None:
        """Raise Failed unless all that was sent has come, and nothing else."""
        sent, came = wire.document, stored.facts()
        if sent != came:
            raise Failed(
                "what came from node %s is not what it sent: %s bytes of SHA-256 %s came, "
                "not %s of %s; the next run starts again"
                % (self.node, came["size"], came["sha256"], sent.get("size"), sent.get("sha256"))
            )

    def _request(self, do: str, members: dict[str, object]) -> None:
        assert self._process.stdin is not None  # noqa: S101 - asked for when it was started
        with contextlib.suppress(BrokenPipeError):  # why it is gone is told when it is read
            self._process.stdin.write(json.dumps({"do": do, **members}).encode() + b"\n")
            self._process.stdin.flush()

    def _read(self, what: str) -> frames.Frame:
        assert self._process.stdout is not None  # noqa: S101 - the same
        try:
            frame = frames.read(self._process.stdout)
        except frames.BrokenOff as broken:
            code = _ended(self._process)
            self._errors.seek(0)
            said = self._errors.read().decode(errors="replace")
            raise explained(self._known, what, str(broken), code, said) from None
        if frame.kind == frames.FAILURE:
            raise Failed("node %s: %s" % (self.node, self._typed(frame.payload).text("message")))
        return frame

    def _typed(self, payload: bytes) -> Fields:
        return fields.parse(payload, "the answer of node %s" % self.node)


def _ended(process: subprocess.Popen[bytes]) -> int | None:
    """Return how the program ended; None where it had to be ended."""
    try:
        return process.wait(_FAREWELL)
    except subprocess.TimeoutExpired:
        return None


def _end(process: subprocess.Popen[bytes]) -> None:
    """Let the other side know that this is the end, then see to it."""
    for pipe in (process.stdin, process.stdout):
        with contextlib.suppress(BrokenPipeError):
            if pipe is not None:
                pipe.close()
    _ended(process)
    process.kill()
    process.wait()
