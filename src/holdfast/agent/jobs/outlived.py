"""What outlives a killed run: a `zfs` that still changes its chain is waited for, by proc(5).

SIGKILL ends a run, but no program that it started: a receive that has all of its stream goes on.
"""

from __future__ import annotations

import contextlib
import os
import time
from typing import TYPE_CHECKING, Iterator

from holdfast.agent.failure import Failed
from holdfast.agent.jobs import underway
from holdfast.agent.stores.whereabouts import is_among

if TYPE_CHECKING:
    from holdfast.agent.layout import Layout
    from holdfast.agent.stores.chain import Chain

_CHANGES = frozenset(("receive", "rename", "rollback", "destroy", "set"))
_PATIENCE, _PAUSE = 60.0, 0.1


def left(layout: Layout, chain: Chain) -> frozenset[str]:
    """Return what runs that ended early were sending into a chain, once nothing changes it.

    Raises Failed where that takes too long.
    """
    sending = underway.into(layout, chain.dataset)
    if sending:
        _wait(chain)
    return sending


def _wait(chain: Chain) -> None:
    until = time.monotonic() + _PATIENCE
    with chain.changing():
        while any(_is_change(words, chain.dataset) for words in _running()):
            if time.monotonic() > until:
                raise Failed(
                    "a `zfs` that a killed run started is still at work on %s: "
                    "see what it waits for, or let the next run go on" % chain.dataset
                )
            time.sleep(_PAUSE)


def _running() -> Iterator[list[str]]:
    """Yield the words of each program at work on this node."""
    for pid in filter(str.isdigit, os.listdir("/proc")):
        # One that ends meanwhile is not at work.
        ended = contextlib.suppress(FileNotFoundError, ProcessLookupError)
        with ended, open("/proc/%s/cmdline" % pid, "rb") as file:
            yield file.read().decode("utf-8", "replace").split("\0")


def _is_change(words: list[str], chain: str) -> bool:
    programs = {os.path.basename(word) for word in words[:2]}  # a script comes after its shell
    return (
        "zfs" in programs
        and not _CHANGES.isdisjoint(words)
        and any(is_among(chain, word.partition("@")[0]) for word in words)
    )
