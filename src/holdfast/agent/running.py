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
