"""A guest frozen with a guard beside, a process that thaws it whatever becomes of us."""

from __future__ import annotations

import contextlib
import json
import subprocess
from typing import TYPE_CHECKING, Iterator

from holdfast.agent import child
from holdfast.agent.failure import Failed
from holdfast.agent.freeze import guard, guest
from holdfast.agent.freeze.around import FROZEN

if TYPE_CHECKING:
    from holdfast.agent.definition import GuestAgent
    from holdfast.agent.freeze.around import Freeze
    from holdfast.agent.layout import Layout


@contextlib.contextmanager
def frozen(layout: Layout, agent: GuestAgent, freeze: Freeze) -> Iterator[None]:
    """Freeze a guest for what is done inside, and tell `freeze` how that went.

    Raises Failed where the guest must be frozen and cannot be, or cannot be thawed.
    """
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
