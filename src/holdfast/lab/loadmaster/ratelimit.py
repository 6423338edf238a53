"""The device's own limit: so many calls in so many seconds, over all its interfaces."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from threading import Lock

CALLS, SECONDS = 30, 3.0


@dataclass
class RateLimit:
    """The calls of the last seconds. A call that was dropped does not count."""

    calls: int = CALLS
    seconds: float = SECONDS
    _times: deque[float] = field(default_factory=deque, repr=False)
    _lock: Lock = field(default_factory=Lock, repr=False)

    def full(self, now: float) -> bool:
        """Tell whether a call at this time would be one too many."""
        with self._lock:
            return self._full(now)

    def enter(self, now: float) -> bool:
        """Count a call; False, and not counted, if it is one too many."""
        with self._lock:
            if self._full(now):
                return False
            self._times.append(now)
            return True

    def _full(self, now: float) -> bool:
        while self._times and self._times[0] <= now - self.seconds:
            self._times.popleft()
        return len(self._times) >= self.calls
