"""A node over ssh: one connection, one session, bytes to and from one command."""

from __future__ import annotations

import select
import shlex
from contextlib import contextmanager
from threading import Event, Timer
from typing import TYPE_CHECKING

from holdfast.errors import Unreachable
from holdfast.transport import exits, hop
from holdfast.transport.hop import FAILURES
from holdfast.transport.login import login

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    from paramiko import Channel, Transport

    from holdfast.transport.bootstrap import Command
    from holdfast.transport.session import Ssh, Timeouts

_SIZE = 1 << 16
_SLICE = 1 << 20
# What a node may say before it has read all of the request, which is sent before we listen.
_WINDOW = 1 << 24


def exchange(
    node: str, place: Ssh, timeouts: Timeouts, command: Command, request: bytes
) -> Generator[bytes, None, None]:
    """Run a command, feed it, and yield its standard output in chunks; closing it hangs up."""
    words = exits.Words()
    with login(node, place, timeouts) as transport:
        try:
            channel = transport.open_session(_WINDOW, timeout=timeouts.connect)
            with _deadline(transport, timeouts.connect):
                channel.exec_command("exec " + shlex.join(command.words("python3")))
            _feed(transport, channel, timeouts.idle, command.prologue + request)
            yield from _received(channel, timeouts.idle, words)
            status = _status(transport, channel, timeouts.idle)
        except TimeoutError:
            raise Unreachable(node, f"no answer for {timeouts.idle:g} s") from None
        except FAILURES as error:
            raise Unreachable(node, f"the connection was lost: {hop.words(error)}") from error
    exits.check(node, status, words)


@contextmanager
def _deadline(transport: Transport, seconds: float) -> Iterator[None]:
    """Hang up when the block takes longer: some of paramiko's waits have no end of their own."""
    passed = Event()

    def hang_up() -> None:
        passed.set()
        transport.sock.snap()

    timer = Timer(seconds, hang_up)
    timer.start()
    try:
        yield
    except FAILURES:
        if passed.is_set():
            raise TimeoutError from None
        raise
    finally:
        timer.cancel()
        timer.join()


def _feed(transport: Transport, channel: Channel, idle: float, content: bytes) -> None:
    channel.settimeout(idle)
    try:
        for start in range(0, len(content), _SLICE):
            with _deadline(transport, idle):
                channel.sendall(content[start : start + _SLICE])
    except OSError:
        # A command that ended without reading it all says why by its exit status.
        if not channel.closed or not transport.is_active():
            raise
    channel.shutdown_write()


def _received(channel: Channel, idle: float, words: exits.Words) -> Generator[bytes, None, None]:
    """Yield standard output and take standard error aside: unread, it would fill the window."""
    ready = select.poll()
    ready.register(channel.fileno(), select.POLLIN)
    while ready.poll(idle * 1000):
        if channel.recv_stderr_ready():
            words.add(channel.recv_stderr(_SIZE))
        elif chunk := channel.recv(_SIZE):
            yield chunk
        elif not channel.recv_stderr_ready():
            return
    raise TimeoutError


def _status(transport: Transport, channel: Channel, idle: float) -> int:
    if not channel.status_event.wait(idle):
        raise TimeoutError
    if channel.exit_status < 0 and not transport.is_active():
        raise EOFError("in the middle of the answer")
    return int(channel.exit_status)
