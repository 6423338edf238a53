"""A freeze around a snapshot, as a definition asks for it, and how it went."""

from __future__ import annotations

import contextlib
import json
import subprocess
from typing import TYPE_CHECKING, Iterator

from holdfast.agent import child
from holdfast.agent.failure import Failed
from holdfast.agent.freeze import guard, guest

if TYPE_CHECKING:
    from holdfast.agent.definition import GuestAgent
    from holdfast.agent.layout import Layout
    from holdfast.agent.sources.seam import Reading

OFF, FROZEN, FAILED = "off", "frozen", "failed"
_REQUIRED = "required"


class Freeze:
    """How the freeze went: `word` goes into the manifest, `note` says why it is `failed`."""

    def __init__(self, asked: str) -> None:
        self.word = OFF
        self.note = ""
        self._asked = asked

    def fail(self, reason: str) -> None:
        """Put down that the guest was not frozen; raise Failed where it had to be."""
        if self._asked == _REQUIRED:
            raise Failed("freeze is required, but the guest was not frozen: " + reason)
        self.word, self.note = FAILED, "the guest was not frozen: " + reason


@contextlib.contextmanager
def around(layout: Layout, reading: Reading) -> Iterator[Freeze]:
    """Freeze the guest for what is done inside; raise Failed where it must be and cannot be.

    What is done inside must be done in an instant. A guest that cannot be thawed is a failure.
    """
    freeze = Freeze(reading.freeze)
    if reading.freeze == OFF:
        yield freeze
    elif reading.guest_agent is None:
        freeze.fail("its server has no guest agent in the inventory")
        yield freeze
    else:
        with _frozen(layout, reading.guest_agent, freeze):
            yield freeze


@contextlib.contextmanager
def _frozen(layout: Layout, agent: GuestAgent, freeze: Freeze) -> Iterator[None]:
    place = layout.under(agent.place) if agent.kind == "socket" else agent.place
    process = _start(agent.kind, place)
    state = reason = ""
    try:
        state, reason = _hear(process)
        if state == guard.FROZEN:
            freeze.word = FROZEN
        elif state == guard.REFUSED:
            freeze.fail(reason)
        else:
            raise Failed(reason)
        yield
    finally:
        state, reason = _end(process, state, reason)
        if state == "":  # it was killed, and with it whoever would have thawed
            guest.thaw(guard.channel(agent.kind, place), guest.Limits())
        elif state == guard.STUCK:
            raise Failed(reason)
    if state == guard.LATE:
        freeze.fail("%s, before the snapshot was there" % reason)


def _start(kind: str, place: str) -> subprocess.Popen[bytes]:
    """Start the guard in a session of its own: what ends the run does not end it."""
    return subprocess.Popen(
        child.command("guard", kind, place),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd="/",
        start_new_session=True,
    )


def _hear(process: subprocess.Popen[bytes]) -> tuple[str, str]:
    """Return the guard's next word and its reason; both empty when it is gone."""
    line = process.stdout.readline() if process.stdout else b""
    if not line.endswith(b"\n"):
        return "", "the process that guards the freeze is gone"
    told = json.loads(line)
    return told["state"], told["reason"]


def _end(process: subprocess.Popen[bytes], state: str, reason: str) -> tuple[str, str]:
    """Let the guard thaw and end; return its last word, or the one that it ended with before."""
    if process.stdin:
        process.stdin.close()
    last = (state, reason) if state in (guard.REFUSED, guard.STUCK) else _hear(process)
    if last[0] == guard.FROZEN:  # we were stopped before we heard of it
        last = _hear(process)
    if process.stdout:
        process.stdout.close()
    process.wait()
    return last
