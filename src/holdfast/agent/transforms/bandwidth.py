"""A limit in bytes a second, by a token bucket."""

from __future__ import annotations

import time
from typing import Callable, Iterable, Iterator

from holdfast.agent.blocks import MIB

_SLICES = 20  # a second's bytes are let through in so many parts
# Seconds whose unused bytes may be caught up on: a crowded node lets nothing run for that long, and
# with a slice they stay within five percent of ten seconds.
_BURST = 0.4


class Bandwidth:
    """Lets at most `rate` bytes a second through, over all streams that share it."""

    def __init__(
        self,
        rate: int,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        if rate <= 0:
            raise ValueError("a bandwidth limit is at least 1 byte a second")
        self._rate = rate
        self._clock = clock
        self._sleep = sleep
        self._next = clock()

    def over(self, blocks: Iterable[bytes]) -> Iterator[bytes]:
        """Yield the same bytes, in smaller blocks, no faster than allowed."""
        largest = min(max(self._rate // _SLICES, 1), MIB)
        for block in blocks:
            for start in range(0, len(block), largest):
                part = block[start : start + largest]
                self._wait_for(len(part))
                yield part

    def _wait_for(self, size: int) -> None:
        """Return when so many bytes may pass; what is owed counts from when they were due."""
        now = self._clock()
        self._next = max(self._next, now - _BURST) + size / self._rate
        if self._next > now:
            self._sleep(self._next - now)
