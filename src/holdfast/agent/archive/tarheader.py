"""One header block of a tar: what follows it. Must not: read on."""

from __future__ import annotations

from typing import NamedTuple

from holdfast.agent.failure import Failed

BLOCK = 512
_CHECKSUM = slice(148, 156)
_BINARY, _NEGATIVE = 0x80, 0xFF
_NO_DATA = b"123456"  # links, devices, folders, pipes: their size, if any, tells of no data here
_SPARSE = b"S"
_SIGN = 128  # some writers summed signed bytes


class BrokenError(Failed):
    """The archive is not a whole tar."""


class Header(NamedTuple):
    """What a header block says of the member that it begins."""

    name: str
    kind: bytes
    size: int  # of the data that follows
    extended: bool  # more blocks follow that tell where the holes of a sparse file lie


def parse(block: bytes) -> Header:
    """Return what a block says; raise BrokenError unless its checksum proves it a header."""
    told = _number(block[_CHECKSUM])
    plain = block[:148] + b" " * 8 + block[156:]
    signed = sum(byte - 256 if byte >= _SIGN else byte for byte in plain)
    if told not in (sum(plain), signed):
        raise BrokenError("the archive is damaged: a member's header is not what it was")
    kind = block[156:157]
    name = _text(block[:100])
    if block[257:263] == b"ustar\0":  # GNU tar has other things there
        prefix = _text(block[345:500])
        name = prefix + "/" + name if prefix else name
    size = 0 if kind in _NO_DATA else _number(block[124:136])
    return Header(name, kind, size, kind == _SPARSE and block[482] != 0)


def has_more(block: bytes) -> bool:
    """Tell whether another block of a sparse file's map follows this one."""
    return block[504] != 0


def records(data: bytes) -> dict[str, str]:
    """Return the records of a pax header: `27 path=...` and so on."""
    found: dict[str, str] = {}
    while data.strip(b"\0"):
        length, _, _ = data.partition(b" ")
        if not length.isdigit() or not len(length) < int(length) <= len(data):
            raise BrokenError("the archive is damaged: a record of a member is cut short")
        record = data[len(length) + 1 : int(length)]
        key, equals, value = record.partition(b"=")
        if not equals or not value.endswith(b"\n"):
            raise BrokenError("the archive is damaged: a record of a member makes no sense")
        found[key.decode("utf-8", "replace")] = value[:-1].decode("utf-8", "replace")
        data = data[int(length) :]
    return found


def _number(field: bytes) -> int:
    if field[0] == _NEGATIVE:
        raise BrokenError("the archive is damaged: a member has a negative size")
    if field[0] == _BINARY:
        return int.from_bytes(field[1:], "big")
    digits = field.split(b"\0")[0].strip()
    if not digits:
        return 0
    if not digits.isdigit() or not set(digits) <= set(b"01234567"):
        raise BrokenError("the archive is damaged: a number in a member's header is none")
    return int(digits, 8)


def _text(field: bytes) -> str:
    return field.split(b"\0")[0].decode("utf-8", "replace")
