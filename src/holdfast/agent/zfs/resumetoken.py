"""What a token of `zfs receive -s` says of the stream that broke off. Pure.

A token is `1-CHECKSUM-SIZE-HEX`: a packed list of names and values, compressed by zlib.
"""

from __future__ import annotations

import struct
import zlib
from typing import Iterable, Iterator, NamedTuple

from holdfast.agent.failure import Malformed

_LONGEST = 1 << 16
_NATIVE = 0  # in the byte order of the machine that made it, which the second byte tells
_BOOLEAN, _UINT64, _STRING = 1, 8, 9
_HEADER, _PAIR = 12, 16


class Token(NamedTuple):
    """The snapshot that was being received, by GUID and by its name at the source."""

    text: str
    guid: str
    dataset: str
    snapshot: str
    raw: bool


def parse(text: str) -> Token:
    """Return what a token says, or raise Malformed."""
    try:
        told = _once(_pairs(_content(text)))
        dataset, _, snapshot = str(told["toname"]).partition("@")
        return Token(text, str(int(told["toguid"])), dataset, snapshot, "rawok" in told)
    except (ValueError, KeyError, IndexError, struct.error, zlib.error):
        raise Malformed(
            "%.60s is no token of zfs receive as this agent knows them" % text
        ) from None


def _once(pairs: Iterable[tuple[str, int | str]]) -> dict[str, int | str]:
    """Return what is said once of each; of two, ZFS may take another one than we do."""
    told: dict[str, int | str] = {}
    for name, value in pairs:
        if name in told:
            raise ValueError(name)
        told[name] = value
    return told


def _content(text: str) -> bytes:
    version, _, size, packed = text.split("-")
    unpacker = zlib.decompressobj()
    content = unpacker.decompress(bytes.fromhex(packed), _LONGEST)
    if version != "1" or not unpacker.eof or len(content) != int(size, 16):
        raise ValueError(size)
    return content


def _pairs(content: bytes) -> Iterator[tuple[str, int | str]]:
    """Yield the numbers and texts of the list; its other members say nothing of which stream.

    A pair is its size, the name's size, a count, a type, the name, and, aligned, the value.
    """
    if content[0] != _NATIVE:
        raise ValueError(content[0])
    order = "<" if content[1] else ">"
    place = _HEADER
    while True:
        (size,) = struct.unpack_from(order + "i", content, place)
        if size <= 0:
            return
        length, _, kind = struct.unpack_from(order + "hxxii", content, place + 4)
        if not 0 < length <= size - _PAIR:
            raise ValueError(length)
        name = content[place + _PAIR : place + _PAIR + length - 1].decode()
        value = place + (_PAIR + length + 7) // 8 * 8
        if kind == _BOOLEAN:
            yield name, 1
        elif kind == _UINT64:
            yield name, struct.unpack_from(order + "Q", content, value)[0]
        elif kind == _STRING:
            yield name, content[value : place + size].partition(b"\0")[0].decode()
        place += size
