"""Progress of long work as lines: now and then, so that a silent session is a dead one."""

from __future__ import annotations

import time
from typing import Generator, TypeVar

Told = TypeVar("Told")

EVERY = 1.0


class Pace:
    """Counts what is done of a total and says when it is time to tell."""

    def __init__(self, total: int) -> None:
        self.done = 0
        self._total = total
        self._next = time.monotonic() + EVERY

    def add(self, size: int) -> bool:
        """Count more work done; tell whether a line is due."""
        self.done += size
        if time.monotonic() < self._next:
            return False
        self._next = time.monotonic() + EVERY
        return True

    def line(self) -> dict[str, object]:
        """Return the line."""
        return {"type": "progress", "done": self.done, "total": self._total}

    def over(self, work: Generator[int, None, Told]) -> Generator[dict[str, object], None, Told]:
        """Yield lines when they are due; return what the work, which yields sizes, returns."""
        try:
            while True:
                if self.add(next(work)):
                    yield self.line()
        except StopIteration as end:
            told: Told = end.value
            return told
        finally:
            work.close()
