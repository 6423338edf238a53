"""One caller a device, and at most five calls a second, across all processes of a node.

A lock of the kernel makes the callers take turns; a stamp beside it tells when the last call was.
"""

from __future__ import annotations

import contextlib
import os
import time
from typing import TYPE_CHECKING, Iterator

from holdfast.agent import canonical, locks
from holdfast.agent.loadmaster.errors import Busy

if TYPE_CHECKING:
    from holdfast.agent.layout import Layout
    from holdfast.agent.loadmaster.target import Target

APART = 0.2  # seconds between two calls
_LOOK = 0.05


class Pace:
    """When the next call of a device may be made. The clock is the one of the whole machine."""

    def __init__(self, path: str) -> None:
        self._path = path

    def left(self) -> float:
        """Return for how long no call may be made."""
        left = self._last() + APART - time.monotonic()
        return left if 0 < left <= APART else 0.0  # a stamp of before a reboot may lie anywhere

    @contextlib.contextmanager
    def kept(self) -> Iterator[None]:
        """Wait until a call may be made; it counts from when it came through."""
        time.sleep(self.left())
        self._stamp()
        try:
            yield
        finally:
            self._stamp()

    def _last(self) -> float:
        try:
            with open(self._path, "rb") as file:
                return float(file.read())
        except (FileNotFoundError, ValueError):
            return 0.0

    def _stamp(self) -> None:
        # Only the holder of the lock writes it, and half of one reads as none.
        with open(self._path, "wb") as file:
            file.write(b"%.6f" % time.monotonic())


@contextlib.contextmanager
def taken(layout: Layout, target: Target, patience: float) -> Iterator[Pace]:
    """Hold the device; raise Busy when another caller still has it after so many seconds."""
    # Two inventories may give one device two names; its address is the same.
    name = "loadmaster-" + canonical.digest([target.host.lower(), target.port])[:32]
    path = os.path.join(layout.run, name)
    held = _wait(path + ".lock", target, time.monotonic() + patience)
    try:
        yield Pace(path + ".stamp")
    finally:
        os.close(held)


def _wait(path: str, target: Target, deadline: float) -> int:
    while True:
        held = locks.take(path)
        if held is not None:
            return held
        if time.monotonic() >= deadline:
            raise Busy(target.name, "another caller has it for a long time")
        time.sleep(_LOOK)
