"""What the end of a program on a node means. Must not: read from it."""

from __future__ import annotations

from holdfast.errors import Unexpected
from holdfast.transport.words import printable

_NOT_FOUND = 127  # POSIX: what a shell exits with when there is no such program
_PYTHON_HINT = "install it (apt install python3, dnf install python3)"
_KEPT = 4096


class Words:
    """What a node says on standard error: the last of it, for it may never stop."""

    def __init__(self) -> None:
        self._tail = b""

    def add(self, raw: bytes) -> None:
        """Take in more of it."""
        self._tail = (self._tail + raw)[-_KEPT:]

    def __str__(self) -> str:
        return printable(self._tail)


def check(node: str, status: int, words: Words) -> None:
    """Raise Unexpected unless the program ended well; a negative status is a signal's."""
    if status == 0:
        return
    if status == _NOT_FOUND and "python3" in str(words):
        raise Unexpected(node, f"has no python3: {_PYTHON_HINT}; it said: {words}")
    how = f"ended with exit status {status}" if status > 0 else "was killed"
    said = f"it said: {words}" if str(words) else "it gave no reason"
    raise Unexpected(node, f"its agent {how}; {said}")
