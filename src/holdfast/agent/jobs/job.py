"""Job: one run that goes on in a process of its own, watched and held to its time."""

from __future__ import annotations

import contextlib
import os
import signal
import time
from typing import TYPE_CHECKING

from holdfast.agent import process

if TYPE_CHECKING:
    from holdfast.agent.fork import Fork
    from holdfast.agent.process import Process

# How long a job may clean up before it is killed, and how long the kernel may take for that.
GRACE = 10.0
GIVEN_UP = 10.0


class Job:
    """A running child, ours or left by a dispatcher that died.

    `verdict` and `reason` say how it is to be recorded when it was stopped.
    """

    def __init__(self, known: Process, timeout: float, started: Fork | None) -> None:
        self.verdict = ""
        self.reason = ""
        self._process = known
        self._fork = started
        self.timeout = timeout
        self._deadline = time.monotonic() + timeout
        self._kill_at = 0.0
        self.descriptor = os.pidfd_open(known.pid)  # readable once the process has ended

    def is_late(self) -> bool:
        """Tell whether its time is up and it was not stopped yet."""
        return not self.verdict and time.monotonic() >= self._deadline

    def stop(self, verdict: str, reason: str) -> None:
        """Ask it to end; `press` follows up."""
        self.verdict, self.reason = verdict, reason
        self._kill_at = time.monotonic() + GRACE
        self._signal(signal.SIGTERM)

    def press(self) -> None:
        """Kill what was asked to end and did not."""
        if self.verdict and time.monotonic() >= self._kill_at:
            self._signal(signal.SIGKILL)

    def is_over(self) -> bool:
        """Tell whether it has ended; one that even a kill does not end is given up."""
        if self.verdict and time.monotonic() >= self._kill_at + GIVEN_UP:
            return True
        return not process.alive(self._process)

    def close(self) -> int | None:
        """Kill what is left of its group; return the exit code where it was our child."""
        # While the leader is not reaped nobody else can have its number.
        self._signal(signal.SIGKILL)
        os.close(self.descriptor)
        if self._fork is None or process.alive(self._process):
            return None
        return self._fork.code()

    def _signal(self, number: int) -> None:
        if self._fork is None and not process.alive(self._process):
            return
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, number)
