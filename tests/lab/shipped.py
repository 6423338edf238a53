"""A copy of the shipped inventory whose LoadMasters listen where nobody else does."""

from __future__ import annotations

import re
import shutil
import socket
from pathlib import Path

ROOT = Path(__file__).parents[2]
PORTS = ("18441", "18442")  # as shipped


def copy(folder: Path) -> None:
    """Put it there, with two free ports that follow each other."""
    shutil.copytree(ROOT / "inventory", folder / "inventory")
    file = folder / "inventory" / "loadmasters.yaml"
    text = file.read_text(encoding="utf-8")
    for shipped, free in zip(PORTS, _free(), strict=True):
        text = text.replace(shipped, free)
    file.write_text(text, encoding="utf-8")


def as_shipped(text: str) -> str:
    """Return what is said of a copy as it is said of the shipped one."""
    ports = iter(PORTS)
    return re.sub(r"(?<=127\.0\.0\.1 port )[0-9]+", lambda _: next(ports), text)


def _free() -> tuple[str, str]:
    while True:
        with socket.socket() as one, socket.socket() as two:
            one.bind(("127.0.0.1", 0))
            port = int(one.getsockname()[1])
            try:
                two.bind(("127.0.0.1", port + 1))
            except (OSError, OverflowError):
                continue
            return str(port), str(port + 1)
