"""Blocks a user after repeated failures to log in."""

from __future__ import annotations

from dataclasses import dataclass, field
from threading import Lock


@dataclass
class Lockout:
    """Failures by user, in a row. How long the device blocks is not known: here until unblocked."""

    _failures: dict[str, int] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock, repr=False)

    def failed(self, user: str) -> None:
        """Count a failure."""
        with self._lock:
            self._failures[user] = self._failures.get(user, 0) + 1

    def succeeded(self, user: str) -> None:
        """Forget the failures of a user who got in."""
        with self._lock:
            self._failures.pop(user, None)

    def blocked(self, limit: int) -> list[str]:
        """Return the users with so many failures, sorted."""
        with self._lock:
            return sorted(user for user, count in self._failures.items() if count >= limit)

    def unblock(self) -> None:
        """Let everybody try again."""
        with self._lock:
            self._failures.clear()
