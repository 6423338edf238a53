"""Who works on a backup at this moment: a kernel lock a backup, with a word of what is done.

It ends with its holder, however that dies, so what lists tell from it is true at each moment.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import time
from typing import TYPE_CHECKING, Iterator

from holdfast.agent import canonical, locks
from holdfast.agent.failure import Failed

if TYPE_CHECKING:
    from holdfast.agent.layout import Layout

RESTORE, VERIFY, DELETE, MARK = "restore", "verify", "delete", "mark"
_PREFIX = "backup-"
_TRIES, _PAUSE = 20, 0.05  # whoever only looks holds the lock for an instant
_LONGEST_WORD = 32


class InUse(Failed):
    """Somebody else is at work on the backup."""


@contextlib.contextmanager
def held(layout: Layout, place: str, name: str, word: str) -> Iterator[None]:
    """Hold a backup of a storage inside; raise InUse, saying what is done, while another does."""
    path = _path(layout, place, name)
    descriptor = _take(path)
    if descriptor is None:
        doing = seen(layout, place, name) or "being worked on"
        raise InUse("%s is in use (%s): try again when that is over" % (name, doing))
    try:
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, word.encode(), 0)
        yield
    finally:
        os.unlink(path)  # still ours: whoever waits sees that its file is another
        os.close(descriptor)


def seen(layout: Layout, place: str, name: str) -> str:
    """Return what is being done with a backup, nothing when it is left alone."""
    try:
        descriptor = os.open(_path(layout, place, name), os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return ""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return os.pread(descriptor, _LONGEST_WORD, 0).decode("ascii", "replace") or MARK
    finally:
        os.close(descriptor)
    return ""


def any_held(layout: Layout) -> bool:
    """Tell whether it is worth to ask of single backups."""
    try:
        return any(name.startswith(_PREFIX) for name in os.listdir(layout.run))
    except FileNotFoundError:
        return False


def _take(path: str) -> int | None:
    for _ in range(_TRIES):
        descriptor = locks.take(path)
        if descriptor is not None:
            if os.path.exists(path) and os.path.samestat(os.stat(path), os.fstat(descriptor)):
                return descriptor
            os.close(descriptor)  # its last holder took the file away while we opened it
        time.sleep(_PAUSE)
    return None


def _path(layout: Layout, place: str, name: str) -> str:
    digest = canonical.digest([os.path.realpath(place), name])[:32]
    return os.path.join(layout.run, _PREFIX + digest + ".lock")
