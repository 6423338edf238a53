r"""Incremental: a tar as its difference from a base's, and both together as the tar again.

    holdfast-incremental 1\\n
    base's SHA-256 (32 bytes)
    L length bytes           literally these: headers, what is between, data that differs
    R place                  the base's piece of data at that place, later than any before it
    E SHA-256 size           the end, and what all of it must add up to

Places only rise, so that base and incremental are each read once, as they come.
"""

from __future__ import annotations

import hashlib
import struct
from typing import TYPE_CHECKING, Iterable, Iterator

from holdfast.agent.archive.pieces import DATA, pieces
from holdfast.agent.archive.reader import Reader
from holdfast.agent.archive.tarheader import BrokenError
from holdfast.agent.archive.volatile import is_volatile
from holdfast.agent.blocks import MIB
from holdfast.agent.transforms.digest import Digest

if TYPE_CHECKING:
    from holdfast.agent.archive.compared import Digests
    from holdfast.agent.archive.pieces import Piece

MAGIC = b"holdfast-incremental 1\n"
_LITERAL, _REFERENCE, _END = b"L", b"R", b"E"
_LENGTH, _PLACE, _SIZE = struct.Struct(">I"), struct.Struct(">I"), struct.Struct(">Q")
_SHA256 = hashlib.sha256().digest_size


class Encoder:
    """Writes what a tar has that its base has not; `changed` is told when all has passed."""

    def __init__(self, base: Digests, sha256: bytes) -> None:
        """`sha256` is the digest of the base's tar."""
        self.changed = False
        self.content = Digest()
        self._base = base
        self._sha256 = sha256
        self._places = base.places()
        self._at = -1

    def over(self, found: Iterable[Piece]) -> Iterator[bytes]:
        """Yield the incremental of a tar that comes in pieces."""
        yield MAGIC + self._sha256
        same = 0
        for piece in found:
            self.content.add(piece.data)
            steady = piece.kind == DATA and not is_volatile(piece.member)
            place = self._place(piece.data) if steady else None
            if place is None:
                self.changed = self.changed or steady
                yield _LITERAL + _LENGTH.pack(len(piece.data)) + piece.data
            else:
                same += 1
                yield _REFERENCE + _PLACE.pack(place)
        # What the base has and this has not is a change, too.
        self.changed = self.changed or same != self._base.count
        yield _END + self.content.sha256() + _SIZE.pack(self.content.size)

    def _place(self, data: bytes) -> int | None:
        """Return where the base has this piece, later than any before; None: it has not."""
        later = self._places.get(self._base.of(data), [])
        while later and later[-1] <= self._at:
            later.pop()
        if not later:
            return None
        self._at = later.pop()
        return self._at


def rebuild(base: Iterable[bytes], incremental: Iterable[bytes]) -> Iterator[bytes]:
    """Yield the tar that an incremental was made of; raise BrokenError unless all of it is proven.

    `base` is the tar that it was made against. Nothing that was yielded counts before the end.
    """
    reader = Reader(incremental, "incremental")
    if reader.exactly(len(MAGIC)) != MAGIC:
        raise BrokenError("this is no incremental that we know")
    sha256 = reader.exactly(_SHA256)
    under = _Under(base)
    whole = Digest()
    while True:
        kind = reader.exactly(1)
        if kind == _END:
            break
        data = _next(kind, reader, under)
        whole.add(data)
        yield data
    told = reader.exactly(_SHA256), _SIZE.unpack(reader.exactly(_SIZE.size))[0]
    if reader.at_most(1):
        raise BrokenError("the incremental goes on after its end")
    if under.sha256() != sha256:
        raise BrokenError("the base is not the one that the incremental was made against")
    if told != (whole.sha256(), whole.size):
        raise BrokenError("base and incremental do not add up to the archive that was backed up")


def _next(kind: bytes, reader: Reader, under: _Under) -> bytes:
    if kind == _LITERAL:
        (length,) = _LENGTH.unpack(reader.exactly(_LENGTH.size))
        if length > MIB:
            raise BrokenError("the incremental is damaged: a piece is too large")
        return reader.exactly(length)
    if kind == _REFERENCE:
        return under.piece(_PLACE.unpack(reader.exactly(_PLACE.size))[0])
    raise BrokenError("the incremental is damaged: there is something in it that makes no sense")


class _Under:
    """The pieces of data of a base, each asked for once, in order."""

    def __init__(self, blocks: Iterable[bytes]) -> None:
        self._digest = Digest()
        self._data = self._only_data(pieces(self._digest.over(blocks)))
        self._at = -1

    def piece(self, place: int) -> bytes:
        if place <= self._at:
            raise BrokenError("the incremental is damaged: it goes back in its base")
        for found in self._data:
            self._at += 1
            if self._at == place:
                return found
        raise BrokenError("the base has less in it than the incremental needs")

    def sha256(self) -> bytes:
        """Read the base to its end and return its digest."""
        for _ in self._data:
            pass
        return self._digest.sha256()

    @staticmethod
    def _only_data(found: Iterator[Piece]) -> Iterator[bytes]:
        return (piece.data for piece in found if piece.kind == DATA)
