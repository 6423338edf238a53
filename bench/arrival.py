"""The moment at which a file is put into a folder, seen without a look at it: inotify(7)."""

from __future__ import annotations

import ctypes
import os
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_MOVED_TO = 0x80  # sys/inotify.h; ours puts its files in place by a rename


@contextmanager
def watched(folder: Path) -> Iterator[int]:
    """Give a descriptor that is readable once a file has been put into the folder."""
    libc = ctypes.CDLL(None, use_errno=True)
    descriptor = _checked(libc.inotify_init1(os.O_CLOEXEC), folder)
    try:
        _checked(libc.inotify_add_watch(descriptor, os.fsencode(folder), _MOVED_TO), folder)
        yield descriptor
    finally:
        os.close(descriptor)


def _checked(answer: int, folder: Path) -> int:
    if answer < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number), str(folder))
    return answer
