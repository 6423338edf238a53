"""The door for another node: what its forced command runs. It gets its own disks, and no other.

One session a run. The disk's lock is held for as long as the session lasts, so that no two runs
read one disk at a time, whoever asks.
"""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import sys
from typing import IO, TYPE_CHECKING, Iterator

from holdfast.agent import child, fields, locks, process
from holdfast.agent.failure import Failed, Malformed, Terminated
from holdfast.agent.jobs import claims, settings
from holdfast.agent.layout import Layout
from holdfast.agent.peers import PROTOCOL, grant, keeping
from holdfast.agent.peers.outlet import PATIENCE, Outlet
from holdfast.agent.peers.served import Content, Disk, Snapshots
from holdfast.agent.process import Process

if TYPE_CHECKING:
    from holdfast.agent.fields import Fields
    from holdfast.agent.peers.grant import Grant

_LONGEST = 1 << 20  # bytes of a request
_LOOK = 0.2  # seconds between two looks whether the disk is free
_GONE = 143


def main(inventory: str, peer: str, patience: int = PATIENCE) -> int:
    """Serve one session of a peer, to the end of its requests or of `patience`, in seconds."""
    for number in (signal.SIGTERM, signal.SIGALRM, signal.SIGHUP):
        signal.signal(number, _terminate)
    out = Outlet(sys.stdout.buffer, patience)
    out.wait()
    try:
        with contextlib.ExitStack() as session:
            _serve(Door(Layout.here(inventory), peer, session), sys.stdin.buffer, out)
    except (Terminated, BrokenPipeError):
        _silence()
        return _GONE  # whoever asked is gone, or asks anew
    return 0


class Door:
    """One session: who asks, and what was opened for it."""

    def __init__(self, layout: Layout, peer: str, session: contextlib.ExitStack) -> None:
        self._layout = layout
        self._peer = peer
        self._session = session
        self._disk: Disk | None = None

    def answer(self, given: Fields, requests: IO[bytes], out: Outlet) -> None:
        """Follow one request; raise Failed where it is not allowed or does not succeed."""
        if self._disk is not None:
            self._disk.answer(given.text("do"), given, out)
            return
        _refuse_other_protocol(given)
        if given.one_of("do", "claim", "receive") == "claim":
            self._claim(given, requests, out)
        else:
            from holdfast.agent.peers import receiving  # noqa: PLC0415 - a run delivers nothing

            receiving.receive(self._layout, self._peer, given, requests, out)

    def _claim(self, given: Fields, requests: IO[bytes], out: Outlet) -> None:
        """Let a definition's run in, and nobody else to its disk until it ends."""
        granted = grant.find(self._layout, self._peer, given.text("definition"))
        granted.refuse_other(given.inner("as").document, self._peer)
        self._session.enter_context(self._alone(granted, requests, out))
        owners = settings.load(self._layout).owners
        if granted.source.kind == "dataset":
            keepers = keeping.of(self._layout, granted, given)
            opened = Snapshots(self._layout, granted, owners, keepers)
            self._disk = self._session.enter_context(opened)
        else:
            self._disk = self._session.enter_context(Content(self._layout, granted))
        out.answer({"agent": child.agent()})

    @contextlib.contextmanager
    def _alone(self, granted: Grant, requests: IO[bytes], out: Outlet) -> Iterator[None]:
        """Hold the disk's lock inside; a lost run of this very definition has to yield it."""
        name = claims.source(self._layout, granted.source.kind, granted.source.place)
        path = os.path.join(self._layout.run, name)
        us = {"peer": self._peer, "inventory": self._layout.inventory, "definition": granted.id}
        while (held := locks.take(path)) is None:
            _end_former(path, us)
            out.wait()
            if select.select([requests], [], [], _LOOK)[0]:
                raise Terminated  # it has nothing to say now: it went away
        try:
            os.ftruncate(held, 0)
            os.write(held, json.dumps({**us, "process": process.current()._asdict()}).encode())
            yield
        finally:
            os.close(held)


def _serve(door: Door, requests: IO[bytes], out: Outlet) -> None:
    while line := requests.readline(_LONGEST):
        out.wait()
        try:
            given = fields.parse(line, "the request")
            door.answer(given, requests, out)
        except Malformed as error:
            out.failure(str(error))
            return
        except BrokenPipeError:
            raise
        except Failed as failure:
            out.failure(str(failure))
            if given.document.get("do") == "receive":
                return  # what else comes is no request
        except OSError as error:
            out.failure("%s: %s" % (error.filename or "the disk", error.strerror or error))


def _refuse_other_protocol(given: Fields) -> None:
    if given.document.get("protocol") != PROTOCOL:
        raise Failed(
            "the agent there speaks protocol %d among nodes, the one here %s: "
            "apply the inventory to both nodes"
            % (PROTOCOL, repr(given.document.get("protocol"))[:20])
        )


def _end_former(path: str, us: dict[str, str]) -> None:
    """End a session that the same definition's run left behind: of these there is one at a time."""
    try:
        given = fields.load(path, "the lock")
        if given is None or any(given.document.get(name) != ours for name, ours in us.items()):
            return
        former = Process.from_fields(given.inner("process"))
    except Malformed:
        return  # another's, who puts nothing down
    if former != process.current() and process.alive(former):
        with contextlib.suppress(ProcessLookupError):
            os.kill(former.pid, signal.SIGTERM)


def _silence() -> None:
    """Let nothing be written to a pipe that nobody reads, when this process ends."""
    with open(os.devnull, "wb") as nowhere:
        os.dup2(nowhere.fileno(), sys.stdout.fileno())


def _terminate(_signal: int, _frame: object) -> None:
    for number in (signal.SIGTERM, signal.SIGALRM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    raise Terminated
