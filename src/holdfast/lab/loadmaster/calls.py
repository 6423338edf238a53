"""The calls that a device got: what tests count. Must not: keep an argument or a secret."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from threading import Lock

_KEPT = 10_000


@dataclass
class Received:
    """One call; `beside` is how many others were under way when it came."""

    at: float
    interface: str
    command: str
    beside: int
    user: str | None = None
    status: int | None = None  # None until it is answered; 0 when no answer was sent
    ended: float | None = None


@dataclass
class Calls:
    """The last calls, oldest first."""

    _kept: deque[Received] = field(default_factory=lambda: deque(maxlen=_KEPT))
    _running: int = 0
    _lock: Lock = field(default_factory=Lock, repr=False)

    def begin(self, now: float, interface: str, command: str) -> Received:
        """Note a call that came."""
        with self._lock:
            received = Received(now, interface, command, self._running)
            self._running += 1
            self._kept.append(received)
            return received

    def end(self, received: Received, now: float, status: int) -> None:
        """Note how it ended."""
        with self._lock:
            self._running -= 1
            received.ended, received.status = now, status

    def listed(self) -> list[Received]:
        """Return them, oldest first."""
        with self._lock:
            return list(self._kept)

    def clear(self) -> None:
        """Forget them."""
        with self._lock:
            self._kept.clear()
