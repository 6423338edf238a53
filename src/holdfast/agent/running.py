"""Which agent this process is: the archive it runs from."""

from __future__ import annotations

import os
import sys

# A read asks twice for the same file: for itself, and for what is installed.
_known: dict[tuple[int, ...], str] = {}


def archive() -> str | None:
    """Return the `.pyz` that this process was started from; None when run from a source tree.

    `__main__` made this path free of links, so it names one content for the whole process.
    """
    return next((path for path in sys.path if path.endswith(".pyz")), None)


def hold() -> int | None:
    """Lock our own file as used, so that an apply does not take it away before our last import.

    Return the descriptor that holds the lock; None when run from a source tree.
    """
    path = archive()
    if path is None:
        return None
    import fcntl  # noqa: PLC0415 - only with an archive is there anything to hold

    descriptor = os.open(path, os.O_RDONLY)
    fcntl.flock(descriptor, fcntl.LOCK_SH)
    return descriptor


def sha256(path: str) -> str | None:
    """Return the SHA-256 of a file in hex, None if there is none."""
    import hashlib  # noqa: PLC0415 - the most expensive import of a read; `run` has no need of it

    try:
        with open(path, "rb") as file:
            found = os.fstat(file.fileno())
            seen = (found.st_dev, found.st_ino, found.st_size, found.st_ctime_ns)
            if seen not in _known:
                _known[seen] = hashlib.sha256(file.read()).hexdigest()
            return _known[seen]
    except FileNotFoundError:
        return None
