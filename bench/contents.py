"""What an image holds: files of this machine, which compress by half, or noise."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

MIB = 1 << 20
TAR = "while tar -C / -cf - usr/lib usr/share; do :; done"


def write(kind: str, path: Path, mebibytes: int) -> None:
    """Write so many MiB; nothing is kept in memory, which would count as a peer's."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        if kind == "random":
            for _ in range(mebibytes):
                file.write(os.urandom(MIB))
            return
        words = ["sh", "-c", f"({TAR}) 2>/dev/null | head -c {mebibytes * MIB}"]
        subprocess.run(words, stdout=file, check=True)
    os.sync()
