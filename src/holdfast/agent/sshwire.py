"""The strings that SSH's formats are made of (RFC 4251): four bytes of length, then the bytes."""

from __future__ import annotations

_LENGTH = 4


class Wire:
    """Bytes read string by string; raises ValueError where they are too short."""

    def __init__(self, content: bytes) -> None:
        self._rest = content

    def string(self) -> bytes:
        """Return the next string."""
        return self._take(self.number())

    def number(self) -> int:
        """Return the next number of four bytes."""
        return int.from_bytes(self._take(_LENGTH), "big")

    def expect(self, content: bytes) -> None:
        """Pass by bytes that must be these; raise ValueError where they are not."""
        if self._take(len(content)) != content:
            raise ValueError("it does not hold %r" % content)

    def end(self) -> None:
        """Raise ValueError where anything is left."""
        if self._rest:
            raise ValueError("%d bytes are left over" % len(self._rest))

    def _take(self, size: int) -> bytes:
        taken, self._rest = self._rest[:size], self._rest[size:]
        if len(taken) != size:
            raise ValueError("it is cut short")
        return taken


def string(content: bytes) -> bytes:
    """Return content as one string."""
    return len(content).to_bytes(_LENGTH, "big") + content
