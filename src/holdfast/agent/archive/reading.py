"""Reading an archive as it is pulled: what it is, and the proof that it is whole.

Must not: hold it in memory. What passes is proven only when all of it has passed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Iterable, Iterator, NamedTuple

from holdfast.agent.archive.pieces import DATA, HEADER, pieces
from holdfast.agent.archive.tarheader import BrokenError
from holdfast.agent.archive.volatile import is_volatile
from holdfast.agent.transforms.digest import Digest

if TYPE_CHECKING:
    from holdfast.agent.archive.compared import Digests
    from holdfast.agent.archive.pieces import Piece
    from holdfast.agent.transforms.pipeline import Stage

_GZIP = b"\x1f\x8b"


class Limits(NamedTuple):
    """What is refused as it comes: more than LoadMaster 360 takes, and what expands for ever."""

    pulled: int = 100_000_000
    expanded: int = 2 << 30


class Reading:
    """What an archive turned out to be; `expanding` is a stage that reads gzip to its checksum."""

    def __init__(self, expanding: Stage, limits: Limits = Limits()) -> None:  # noqa: B008 - never changes
        self.members = 0
        self.volatile: list[str] = []
        self.pulled, self.content = Digest(), Digest()
        self._expanding = expanding
        self._limits = limits

    def pieces(self, pulled: Iterable[bytes]) -> Iterator[Piece]:
        """Yield the pieces of a gzip'ed tar; raise Failed unless all of it is sound."""
        for piece in pieces(self._expanded(self._expanding(self._bounded(pulled)))):
            if piece.kind == HEADER:
                self.members += 1
                if is_volatile(piece.member):
                    self.volatile.append(piece.member)
            yield piece
        if not self.members:
            raise BrokenError("the archive is empty: it holds no configuration")

    def passing(self, pulled: Iterable[bytes], digests: Digests | None) -> Iterator[bytes]:
        """Yield the pulled bytes as they are; what is in them is read and taken in on the way."""
        passed: list[bytes] = []
        for piece in self.pieces(_noting(pulled, passed)):
            if piece.kind == DATA and digests is not None:
                if is_volatile(piece.member):
                    digests.skip()
                else:
                    digests.add(piece.data)
            yield from passed
            passed.clear()
        yield from passed

    def _bounded(self, pulled: Iterable[bytes]) -> Iterator[bytes]:
        first = b""
        for block in self.pulled.over(pulled):
            if len(first) < len(_GZIP):
                first += block[: len(_GZIP)]
                if not _GZIP.startswith(first[: len(_GZIP)]):
                    raise BrokenError("what came is no backup: it is not gzip'ed")
            if self.pulled.size > self._limits.pulled:
                raise BrokenError("the archive has more than %d bytes" % self._limits.pulled)
            yield block
        if not self.pulled.size:
            raise BrokenError("what came is no backup: it is empty")

    def _expanded(self, blocks: Iterable[bytes]) -> Iterator[bytes]:
        for block in self.content.over(blocks):
            if self.content.size > self._limits.expanded:
                most = self._limits.expanded
                raise BrokenError("the archive expands to more than %d bytes" % most)
            yield block


def _noting(blocks: Iterable[bytes], passed: list[bytes]) -> Iterator[bytes]:
    for block in blocks:
        passed.append(block)
        yield block
