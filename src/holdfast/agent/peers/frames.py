"""Frames: what comes back over the wire, each with its kind and length. Must not: know their sense.

A stream is data, then a trailer. Whatever ends before its trailer has not come whole.
"""

from __future__ import annotations

import struct
from typing import IO, Iterator, NamedTuple

from holdfast.agent.blocks import MIB
from holdfast.agent.failure import Failed

ANSWER, DATA, PROGRESS, TRAILER, FAILURE = b"A", b"D", b"P", b"T", b"F"
LARGEST = 64 * MIB

_HEAD = struct.Struct("!cL")
_KINDS = frozenset((ANSWER, DATA, PROGRESS, TRAILER, FAILURE))


class BrokenOff(Failed):
    """The other side ended in the midst; the reader says what that was of."""


class Frame(NamedTuple):
    """One frame, whole."""

    kind: bytes
    payload: bytes


def write(file: IO[bytes], kind: bytes, payload: bytes) -> None:
    """Put a frame on the wire."""
    file.write(_HEAD.pack(kind, len(payload)))
    file.write(payload)
    file.flush()


def read(file: IO[bytes]) -> Frame:
    """Return the next frame; raise BrokenOff where there is none, or only a part of one."""
    kind, size = _HEAD.unpack(_exactly(file, _HEAD.size))
    if kind not in _KINDS or size > LARGEST:
        raise BrokenOff("it sent what is no frame")
    return Frame(kind, _exactly(file, size))


def cut(block: bytes) -> Iterator[bytes]:
    """Yield a block in parts that each fit a frame of data."""
    for start in range(0, len(block), MIB):
        yield block[start : start + MIB]


def _exactly(file: IO[bytes], size: int) -> bytes:
    content = file.read(size)
    if len(content) < size:
        raise BrokenOff("it ended before its last word")
    return content
