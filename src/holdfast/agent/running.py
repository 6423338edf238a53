"""Which agent this process is: the archive it runs from."""

from __future__ import annotations

import sys


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
            return hashlib.sha256(file.read()).hexdigest()
    except FileNotFoundError:
        return None
