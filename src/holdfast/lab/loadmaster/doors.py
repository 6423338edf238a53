"""Many listening ports behind one thread; a thread more for each open connection.

So two hundred devices cost one waiting thread, not two hundred.
"""

from __future__ import annotations

import selectors
import socket
from contextlib import suppress
from threading import Event, Lock, Thread, current_thread
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Self

    # Talks over a fresh connection until it ends.
    Talk: TypeAlias = Callable[[socket.socket, object], None]

_WAKE, _PATIENCE, _IDLE = b"x", 10.0, 120.0


class Doors:
    """Open ports, and what answers at each. They serve within the context."""

    def __init__(self) -> None:
        self.stopping = Event()
        self._selector = selectors.DefaultSelector()
        self._sleeper, self._waker = socket.socketpair()
        self._selector.register(self._sleeper, selectors.EVENT_READ)
        self._guests: dict[Thread, socket.socket] = {}
        self._lock = Lock()
        self._thread = Thread(target=self._serve, name="doors", daemon=True)

    def open(self, host: str, port: int, talk: Talk) -> int:
        """Listen and return the port; 0 takes a free one. To be called before serving."""
        listener = socket.create_server((host, port), backlog=128)
        listener.settimeout(0)
        self._selector.register(listener, selectors.EVENT_READ, talk)
        return int(listener.getsockname()[1])

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *args: object) -> None:
        self.stopping.set()
        self._waker.send(_WAKE)
        self._thread.join(_PATIENCE)
        with self._lock:
            guests = list(self._guests.items())
        for _, guest in guests:
            _hang_up(guest)
        for thread, _ in guests:
            thread.join(_PATIENCE)
        for key in list(self._selector.get_map().values()):
            key.fileobj.close()  # type: ignore[union-attr]  # only sockets are registered
        self._selector.close()
        self._waker.close()

    def _serve(self) -> None:
        while not self.stopping.is_set():
            for key, _ in self._selector.select():
                if key.fileobj is not self._sleeper:
                    self._admit(key.fileobj, key.data)  # type: ignore[arg-type]  # a listener

    def _admit(self, listener: socket.socket, talk: Talk) -> None:
        try:
            guest, address = listener.accept()
        except (BlockingIOError, ConnectionAbortedError):
            return  # it left before it was let in
        guest.settimeout(_IDLE)
        guest.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        thread = Thread(target=self._attend, args=(guest, address, talk), daemon=True)
        with self._lock:
            self._guests[thread] = guest.dup()
        thread.start()

    def _attend(self, guest: socket.socket, address: object, talk: Talk) -> None:
        try:
            with guest:
                talk(guest, address)
        except OSError:
            return  # the client may leave, or fail the handshake, at any moment
        finally:
            # The connection ends with its last handle, and only then goes the FIN or the RST out.
            with self._lock:
                self._guests.pop(current_thread()).close()


def _hang_up(guest: socket.socket) -> None:
    with suppress(OSError):  # it ended just now
        guest.shutdown(socket.SHUT_RDWR)
