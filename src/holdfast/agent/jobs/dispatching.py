"""Which process dispatches on this node: its lock, and its name in the lock's file for readers.

Readers must not try the lock: a dispatcher that begins meanwhile would take them for another one.
"""

from __future__ import annotations

import contextlib
import json
import os
from typing import TYPE_CHECKING, Iterator

from holdfast.agent import fields, locks, process
from holdfast.agent.failure import Malformed
from holdfast.agent.process import Process

if TYPE_CHECKING:
    from holdfast.agent.layout import Layout


@contextlib.contextmanager
def tried(layout: Layout) -> Iterator[bool]:
    """Say whether it is we who dispatch; if so, inside nobody else does."""
    with locks.tried(_path(layout)) as ours:
        if not ours:
            yield False
            return
        # In place: a file put in its stead would be another lock. It need not outlast us.
        with open(_path(layout), "w", encoding="ascii") as file:
            json.dump(process.current()._asdict(), file)
        try:
            yield True
        finally:
            os.truncate(_path(layout), 0)


def goes_on(layout: Layout) -> bool:
    """Tell whether a process lives that will conclude what has a ticket."""
    try:
        given = fields.load(_path(layout), "the dispatcher's lock")
        return given is not None and process.alive(Process.from_fields(given))
    except Malformed:  # empty, or half written: it has only begun
        return False


def _path(layout: Layout) -> str:
    return os.path.join(layout.queue, ".dispatcher.lock")
