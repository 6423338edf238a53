"""Reader: so many bytes at a time out of blocks of any size."""

from __future__ import annotations

from typing import Iterable

from holdfast.agent.archive.tarheader import BrokenError


class Reader:
    """Reads on through blocks; holds no more of them than was asked for, and one block."""

    def __init__(self, blocks: Iterable[bytes], what: str) -> None:
        self._blocks = iter(blocks)
        self._what = what
        self._block, self._at = b"", 0  # what is read of a block is not cut off: that would copy it

    def at_most(self, size: int) -> bytes:
        """Return the next bytes, fewer only at the end of all."""
        parts, missing = [], size
        while missing:
            if self._at == len(self._block):
                block = next((each for each in self._blocks if each), None)
                if block is None:
                    break
                self._block, self._at = block, 0
            parts.append(self._block[self._at : self._at + missing])
            self._at += len(parts[-1])
            missing -= len(parts[-1])
        return b"".join(parts)

    def exactly(self, size: int) -> bytes:
        """Return the next bytes; raise BrokenError where there are fewer."""
        taken = self.at_most(size)
        if len(taken) < size:
            raise BrokenError("the %s is cut short" % self._what)
        return taken
