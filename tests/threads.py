"""Threads that a test must not leave behind, whatever those of a test before it still do."""

from __future__ import annotations

import contextlib
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextlib.contextmanager
def none_left() -> Iterator[None]:
    """Hold that every thread begun inside has ended; a count would miss one that took another's."""
    before = set(threading.enumerate())
    yield
    assert set(threading.enumerate()) <= before
