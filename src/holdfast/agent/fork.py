"""A child of this process that goes on with the modules it has: no second Python is started.

Must not: be used by a process with threads, whose locks the child would have and nobody release.
"""

from __future__ import annotations

import contextlib
import os
from typing import Callable, Collection, NoReturn

from holdfast.agent import child, running

_STANDARD = (0, 1, 2)


class Fork:
    """A child that was started here, to be reaped here."""

    def __init__(self, pid: int) -> None:
        self.pid = pid

    def code(self) -> int:
        """Wait for its end; return its exit code, negative for the signal that ended it."""
        _, status = os.waitpid(self.pid, 0)
        return os.waitstatus_to_exitcode(status)


def start(work: Callable[[], int], log: str, kept: Collection[int]) -> Fork:
    """Start work in a session of its own, whose errors go to the log; it leads its own group.

    Of what is open here the child has only the descriptors `kept`, and with them their locks.
    """
    # Until the child leads its group, a signal to that would reach nobody.
    leads, led = os.pipe()
    try:
        pid = os.fork()
        if pid == 0:
            _go_on(work, log, kept)
    finally:
        os.close(led)
        with os.fdopen(leads, "rb") as waiting:
            waiting.read()
    return Fork(pid)


def _go_on(work: Callable[[], int], log: str, kept: Collection[int]) -> NoReturn:
    """Be the child; nothing of the parent's is run to its end here, no `finally` and no exit."""
    code = 1
    try:
        os.setsid()
        child.enter_environment()
        _stand_alone(log, kept)
        os.chdir("/")
        code = work()
    except BaseException:  # noqa: BLE001 - a bug, too, must not go on as the parent; the log tells it
        import traceback  # noqa: PLC0415 - takes longer to load than the rest of this

        traceback.print_exc()
    finally:
        os._exit(code)


def _stand_alone(log: str, kept: Collection[int]) -> None:
    """Let go of what the parent has open, above all of the locks that end with it."""
    null = os.open(os.devnull, os.O_RDWR)
    errors = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o666)
    for target, source in zip(_STANDARD, (null, null, errors)):
        os.dup2(source, target)
    staying: set[int | None] = {*_STANDARD, running.hold(), *kept}
    for descriptor in map(int, os.listdir("/proc/self/fd")):
        if descriptor not in staying:
            with contextlib.suppress(OSError):  # the listing's own
                os.close(descriptor)
