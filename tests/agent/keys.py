"""Identities of nodes, each made once: ssh-keygen takes its time."""

from __future__ import annotations

import functools
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from holdfast.agent import identity

if TYPE_CHECKING:
    from holdfast.agent.layout import Layout


@functools.cache
def private(name: str) -> bytes:
    """Return a private key; the same name gives the same key."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "key"
        words = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", name, "-f", str(path)]
        subprocess.run(words, check=True)
        return path.read_bytes()


def settle(layout: Layout, name: str = "bkp01") -> str:
    """Give a node an identity and return its public half."""
    path = Path(layout.identity)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(private(name))
    path.chmod(0o600)
    return identity.find(layout) or ""
