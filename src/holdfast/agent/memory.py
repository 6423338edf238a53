"""A file that lies in memory alone. Must not: cost what the module `tempfile` does to import."""

from __future__ import annotations

import os
from typing import IO


def file() -> IO[bytes]:
    """Return an unbuffered file, gone with its last descriptor: memfd_create(2)."""
    return open(os.memfd_create("holdfast"), "w+b", buffering=0)


def text(file: IO[bytes]) -> str:
    """Return the whole content as text, whatever it is."""
    file.seek(0)
    return file.read().decode(errors="replace")
