"""Which process it is, so that a number used again by the kernel is not taken for it."""

from __future__ import annotations

import functools
import os
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from holdfast.agent.fields import Fields


class Process(NamedTuple):
    """A process of one boot of this machine; `start` is in ticks since that boot."""

    boot: str
    pid: int
    start: int

    @classmethod
    def from_fields(cls, fields: Fields) -> Process:
        """Return the process that a document names."""
        return cls(fields.text("boot"), fields.whole("pid", 1), fields.whole("start"))


@functools.lru_cache(maxsize=None)
def boot() -> str:
    """Return the id of this boot."""
    with open("/proc/sys/kernel/random/boot_id", encoding="ascii") as file:
        return file.read().strip()


def current() -> Process:
    """Return this very process."""
    return of(os.getpid())


def of(pid: int) -> Process:
    """Return the process that has a number now; one that has none is not alive."""
    return Process(boot(), pid, _start(pid) or 0)


def alive(process: Process) -> bool:
    """Tell whether that process, and no later one of its number, still runs."""
    return process.boot == boot() and process.start == _start(process.pid)


def _start(pid: int) -> int | None:
    """Return when a process began; None when it is gone or only waits to be reaped."""
    try:
        with open("/proc/%d/stat" % pid, "rb") as file:
            content = file.read()
    except (FileNotFoundError, ProcessLookupError):
        return None
    # The name, in parentheses, may itself hold spaces and parentheses: proc(5).
    fields = content[content.rindex(b")") + 2 :].split()
    return None if fields[0] in (b"Z", b"X") else int(fields[19])
