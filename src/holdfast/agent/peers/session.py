"""A session with another node, on the side that asks: requests out, answers and streams in."""

from __future__ import annotations

import contextlib
import json
import subprocess
from typing import IO, TYPE_CHECKING, Callable, Iterator

from holdfast.agent import fields, memory
from holdfast.agent.failure import Failed
from holdfast.agent.peers import PROTOCOL, frames, way
from holdfast.agent.peers.inflow import Inflow
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
    going = way.to(layout, known)
    with memory.file() as errors:
        try:
            process = subprocess.Popen(
                going.words,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                env=going.environ,
                cwd="/",
                # An agent that is here ends as one far away would: by itself, when we are gone.
                start_new_session=bool(known.root),
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
        return self.answer("its answer")

    def answer(self, what: str) -> Fields:
        """Return the next answer, which is of `what`."""
        frame = self.read(what)
        if frame.kind != frames.ANSWER:
            raise Failed("node %s sent a stream where %s was awaited" % (self.node, what))
        return self._typed(frame.payload)

    @contextlib.contextmanager
    def stream(
        self, do: str, members: dict[str, object], tell: Tell, last: Callable[[Fields], None]
    ) -> Iterator[Flow]:
        """Give what a request brings; `last` gets its trailer, once all is proven to have come."""
        self._request(do, members)
        content, stored = Told(), Digest()
        inflow = Inflow(self.node, self.read, stored)

        def passed(done: int) -> None:
            content.size = done
            tell(done)

        def blocks() -> Iterator[bytes]:
            yield from inflow.blocks(passed)
            content.tell(inflow.trailer.inner("content"))
            last(inflow.trailer)

        with Pipeline(blocks(), [iter], self._process.kill) as out:
            yield Flow(out, content, stored)

    def read(self, what: str) -> frames.Frame:
        """Return the next frame; raise Failed with why there is none, or why it is a failure."""
        assert self._process.stdout is not None  # noqa: S101 - asked for when it was started
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

    @property
    def outgoing(self) -> IO[bytes]:
        """Where a delivery is written."""
        assert self._process.stdin is not None  # noqa: S101 - asked for when it was started
        return self._process.stdin

    def _request(self, do: str, members: dict[str, object]) -> None:
        with contextlib.suppress(BrokenPipeError):  # why it is gone is told when it is read
            self.outgoing.write(json.dumps({"do": do, **members}).encode() + b"\n")
            self.outgoing.flush()

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
