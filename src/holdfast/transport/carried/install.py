"""Takes an agent from standard input, puts it in its place and becomes it; the request follows it.

Runs on the node. Arguments: the archive's SHA-256 and its size. The symlink is left to the agent.
"""

from __future__ import annotations

import hashlib
import os
import sys

from holdfast.agent import atomic, sealed
from holdfast.agent.layout import Layout


def receive(size: int) -> bytes:
    """Return the next bytes of standard input, and leave what follows them unread."""
    parts = []
    while size:
        part = os.read(0, min(size, 1 << 20))
        if not part:
            sys.exit(f"the agent broke off with {size} bytes missing")
        parts.append(part)
        size -= len(part)
    return b"".join(parts)


def install(sha256: str, content: bytes) -> str:
    """Return the path of the agent, written unless the very same file is there."""
    if hashlib.sha256(content).hexdigest() != sha256:
        sys.exit("the agent arrived damaged")
    folder = Layout.here("").agents
    os.makedirs(folder, mode=0o755, exist_ok=True)
    path = os.path.join(folder, sha256 + ".pyz")
    if not _holds(path, content):
        atomic.write(path, content, 0o755)
    _remove_damaged(folder, sha256)
    return path


def _remove_damaged(folder: str, sha256: str) -> None:
    """Remove what was compiled of this agent and is not whole any more: it would be preferred."""
    for name in os.listdir(folder):
        if name.startswith(sha256 + ".") and not name.endswith(".pyz"):
            path = os.path.join(folder, name)
            if os.path.islink(path) or (os.path.isfile(path) and not _is_whole(path)):
                atomic.remove(path)


def _is_whole(path: str) -> bool:
    with open(path, "rb") as file:
        return sealed.is_whole(file.read())


def _holds(path: str, content: bytes) -> bool:
    if os.path.islink(path):
        return False
    try:
        with open(path, "rb") as file:
            return file.read() == content
    except FileNotFoundError:
        return False


if __name__ == "__main__":
    os.umask(0o022)
    agent = install(sys.argv[1], receive(int(sys.argv[2])))
    os.execv(sys.executable, [sys.executable, "-I", "-S", agent, "rpc"])  # noqa: S606 - no shell is the point
