"""A tar as a row of pieces that together are its every byte: headers, data, and what is between.

Must not: hold more than a piece, or write anything. Members' data comes in pieces of a MiB, each
of which can be compared with one of another archive.
"""

from __future__ import annotations

from typing import Iterable, Iterator, NamedTuple, Optional

from holdfast.agent.archive import tarheader
from holdfast.agent.archive.reader import Reader
from holdfast.agent.archive.tarheader import BLOCK, BrokenError, Header
from holdfast.agent.blocks import MIB

HEADER, DATA, FRAME = "header", "data", "frame"
MOST_MEMBERS = 100_000
_LONGEST_RECORD = MIB
_GNU_NAME, _PAX = b"L", b"x"
_OF_THE_NEXT = b"LKxg"  # they tell of the member after them


class Piece(NamedTuple):
    """A run of bytes: of a member's header, of its data, or of the frame around all."""

    kind: str
    member: str
    data: bytes


def pieces(blocks: Iterable[bytes]) -> Iterator[Piece]:
    """Yield all pieces of a tar in order; raise BrokenError unless it comes to its end mark."""
    reader = Reader(blocks, "archive")
    told = _Told()
    members = 0
    while True:
        block = reader.exactly(BLOCK)
        if not any(block):
            yield Piece(FRAME, "", block)
            yield from _frame(reader)
            return
        header = tarheader.parse(block)
        if header.kind in _OF_THE_NEXT:
            yield from _announcement(reader, block, header, told)
            continue
        members += 1
        if members > MOST_MEMBERS:
            raise BrokenError("the archive has more than %d members" % MOST_MEMBERS)
        yield from _member(reader, block, header, told)
        told = _Told()


class _Told:
    """What the announcements before a member say of it."""

    def __init__(self) -> None:
        self.name: Optional[str] = None
        self.size: Optional[int] = None


def _announcement(reader: Reader, block: bytes, header: Header, told: _Told) -> Iterator[Piece]:
    if header.size > _LONGEST_RECORD:
        raise BrokenError("the archive is damaged: a member's name has %d bytes" % header.size)
    data = reader.exactly(header.size)
    if header.kind == _GNU_NAME:
        told.name = data.split(b"\0")[0].decode("utf-8", "replace")
    elif header.kind == _PAX:
        records = tarheader.records(data)
        told.name = records.get("path", told.name)
        if "size" in records:
            if not (records["size"].isascii() and records["size"].isdigit()):
                raise BrokenError("the archive is damaged: the size of a member is no number")
            told.size = int(records["size"])
    yield Piece(FRAME, "", block + data + reader.exactly(-header.size % BLOCK))


def _member(reader: Reader, block: bytes, header: Header, told: _Told) -> Iterator[Piece]:
    name = header.name if told.name is None else told.name
    size = header.size if told.size is None or not header.size else told.size
    yield Piece(HEADER, name, block)
    more = header.extended
    while more:
        block = reader.exactly(BLOCK)
        yield Piece(FRAME, name, block)
        more = tarheader.has_more(block)
    for start in range(0, size, MIB):
        yield Piece(DATA, name, reader.exactly(min(MIB, size - start)))
    if size % BLOCK:
        yield Piece(FRAME, name, reader.exactly(-size % BLOCK))


def _frame(reader: Reader) -> Iterator[Piece]:
    """Yield what follows the end mark: it fills the last record of a tape, as it were."""
    while True:
        rest = reader.at_most(MIB)
        if not rest:
            return
        yield Piece(FRAME, "", rest)
