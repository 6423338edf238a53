"""The process that freezes a guest, and thaws it whatever happens.

It thaws when its pipe closes, since the run has its snapshot or since the run died, and when that
takes too long. No signal but a kill ends it before that.
"""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import sys
from typing import TYPE_CHECKING, Callable

from holdfast.agent.failure import complain
from holdfast.agent.freeze import guest
from holdfast.agent.freeze.qga import Qga
from holdfast.agent.freeze.virsh import Virsh

if TYPE_CHECKING:
    from holdfast.agent.freeze.guest import Channel, Limits

LONGEST = 30.0  # seconds that a guest stays frozen, whatever happens
FROZEN, REFUSED, THAWED, LATE, STUCK = "frozen", "refused", "thawed", "late", "stuck"

Say = Callable[[str, str], None]


def channel(kind: str, place: str) -> Channel:
    """Return the way to a guest agent: `socket` at a path, `libvirt` by its domain."""
    return Qga(place) if kind == "socket" else Virsh(place)


def main(kind: str, place: str) -> int:
    """Freeze, wait for the end of stdin, thaw; tell each of them as a line on stdout."""
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    watch(channel(kind, place), sys.stdin.fileno(), _say, guest.Limits(), LONGEST)
    return 0


def watch(way: Channel, pipe: int, say: Say, limits: Limits, longest: float) -> None:
    """Hold the guest frozen until the pipe closes, but no longer than `longest`."""
    try:
        guest.freeze(way, limits)
    except (guest.NotFrozen, guest.Stuck) as failure:
        say(STUCK if isinstance(failure, guest.Stuck) else REFUSED, str(failure))
        return
    try:
        say(FROZEN, "")
        told, _, _ = select.select([pipe], [], [], longest)
    finally:
        stuck = _thaw(way, limits)
    if stuck:
        say(STUCK, stuck)
    elif told:
        say(THAWED, "")
    else:
        say(LATE, "it was thawed after %g s" % longest)


def _thaw(way: Channel, limits: Limits) -> str:
    """Thaw; return why that failed, nothing when it did not."""
    try:
        guest.thaw(way, limits)
    except guest.Stuck as failure:
        return str(failure)
    return ""


def _say(state: str, reason: str) -> None:
    if state == STUCK:
        complain(reason)  # into the run's log: the run itself may be gone
    line = json.dumps({"state": state, "reason": reason}) + "\n"
    with contextlib.suppress(BrokenPipeError):
        os.write(sys.stdout.fileno(), line.encode())
