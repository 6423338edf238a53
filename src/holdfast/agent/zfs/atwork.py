"""Programs of ZFS that outlive whoever started them are waited for; proc(5) tells of them.

SIGKILL ends us, but no program that we started: a receive goes on with all that it has of its
stream, or takes back what came.
"""

from __future__ import annotations

import contextlib
import os
import time
from typing import Callable, Iterator

from holdfast.agent.failure import Failed

_CHANGES = frozenset(("receive", "rename", "rollback", "destroy", "set"))
_PATIENCE, _PAUSE = 60.0, 0.1


def wait(dataset: str, concerns: Callable[[str], bool]) -> None:
    """Return once no `zfs` changes what is concerned; raise Failed where that takes too long."""
    until = time.monotonic() + _PATIENCE
    while any(_is_change(words, concerns) for words in _running()):
        if time.monotonic() > until:
            raise Failed(
                "a `zfs` that was started before is still at work on %s: "
                "see what it waits for, or let the next run go on" % dataset
            )
        time.sleep(_PAUSE)


def _running() -> Iterator[list[str]]:
    """Yield the words of each program at work on this node."""
    for pid in filter(str.isdigit, os.listdir("/proc")):
        # One that ends meanwhile is not at work.
        ended = contextlib.suppress(FileNotFoundError, ProcessLookupError)
        with ended, open("/proc/%s/cmdline" % pid, "rb") as file:
            yield file.read().decode("utf-8", "replace").split("\0")


def _is_change(words: list[str], concerns: Callable[[str], bool]) -> bool:
    programs = {os.path.basename(word) for word in words[:2]}  # a script comes after its shell
    return (
        "zfs" in programs
        and not _CHANGES.isdisjoint(words)
        and any(concerns(word.partition("@")[0]) for word in words)
    )
