"""A TCP connection on which no small packet waits: each turn of ssh could cost 40 ms otherwise."""

from __future__ import annotations

import contextlib
import socket

# Only Linux has it. Elsewhere a connection is slower, not wrong.
_QUICKACK: int | None = getattr(socket, "TCP_QUICKACK", None)


class Wire(socket.socket):
    """A socket that acknowledges at once, for sshd holds small packets back until we do."""

    def recv(self, size: int, flags: int = 0, /) -> bytes:
        """Receive, and ask again for the quick acknowledgement: the kernel forgets it."""
        content = super().recv(size, flags)
        if _QUICKACK is not None:
            # Refused only on a connection that is over, which the next call will tell.
            with contextlib.suppress(OSError):
                self.setsockopt(socket.IPPROTO_TCP, _QUICKACK, 1)
        return content


def dial(address: str, port: int, timeout: float) -> Wire:
    """Return a connection to the first address of a name that takes it."""
    plain = socket.create_connection((address, port), timeout=timeout)
    wire = Wire(fileno=plain.detach())
    wire.settimeout(timeout)
    wire.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return wire
