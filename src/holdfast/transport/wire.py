"""What ssh's bytes go through: a TCP connection, or a tunnel in the one to a jump host."""

from __future__ import annotations

import contextlib
import socket
from typing import TYPE_CHECKING

from paramiko import SSHException

if TYPE_CHECKING:
    from paramiko import Channel

# Only Linux has it. Elsewhere a connection is slower, not wrong.
_QUICKACK: int | None = getattr(socket, "TCP_QUICKACK", None)
# The same: without it, a node that went away unseen is only noticed by its silence.
_USER_TIMEOUT: int | None = getattr(socket, "TCP_USER_TIMEOUT", None)
_GONE_AFTER = 20_000  # ms in which nothing that was sent is acknowledged


class Wire(socket.socket):
    """A TCP connection that acknowledges at once, for sshd holds small packets back until we do."""

    def recv(self, size: int, flags: int = 0, /) -> bytes:
        """Receive, and ask again for the quick acknowledgement: the kernel forgets it."""
        content = super().recv(size, flags)
        if _QUICKACK is not None:
            # Refused only on a connection that is over, which the next call will tell.
            with contextlib.suppress(OSError):
                self.setsockopt(socket.IPPROTO_TCP, _QUICKACK, 1)
        return content

    def snap(self) -> None:
        """End the connection at once, which wakes whoever waits on it."""
        with contextlib.suppress(OSError):  # the far end may have hung up first
            self.shutdown(socket.SHUT_RDWR)


class Tunnel:
    """A connection that a jump host makes for us, in the part of a socket that paramiko uses."""

    def __init__(self, channel: Channel) -> None:
        self._channel = channel
        self.send = channel.send
        self.recv = channel.recv
        self.settimeout = channel.settimeout

    @property
    def _closed(self) -> bool:  # paramiko asks this of its sockets
        return bool(self._channel.closed)

    def close(self) -> None:
        """Close it; where its jump host is gone already, there is nobody to tell."""
        with contextlib.suppress(SSHException, OSError, EOFError):
            self._channel.close()

    def snap(self) -> None:
        """End the TCP connection beneath, which is ours alone."""
        self._channel.transport.sock.snap()


def dial(address: str, port: int, timeout: float) -> Wire:
    """Return a connection to the first address of a name that takes it."""
    plain = socket.create_connection((address, port), timeout=timeout)
    wire = Wire(fileno=plain.detach())
    wire.settimeout(timeout)
    wire.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    if _USER_TIMEOUT is not None:
        wire.setsockopt(socket.IPPROTO_TCP, _USER_TIMEOUT, _GONE_AFTER)
    return wire
