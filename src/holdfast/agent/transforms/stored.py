"""What does not compress, such as pictures or what is encrypted: told by samples, kept as it is.

To compress it would cost as much as to compress anything else, and give nothing.
"""

from __future__ import annotations

from typing import Any, Iterator

_SPOTS, _SPOT = 16, 1024  # how many samples there are in a piece, and how long each is
_JUMP = 7919  # a prime: samples at even distances would meet one part of each cluster or record
_WORTH = 0.97  # what samples must shrink to
_MOST = 0xFFFF  # bytes of one stored block (RFC 1951, section 3.2.4)
_HEADER = b"\x1f\x8b\x08" + bytes(5) + b"\x04\xff"  # RFC 1952: fast, of no system in particular
_RAW = -15  # zlib's window bits for a stream without a header


def is_dense(used: Any, piece: bytes) -> bool:
    """Tell whether a piece is unlike to shrink; `used` is a module like zlib.

    What shrinks only because parts of it are alike, far apart, is taken for dense.
    """
    apart = len(piece) // _SPOTS
    if apart < _SPOT:
        return False
    samples = b"".join(map(piece.__getitem__, _spots(apart)))
    compressor = used.compressobj(1, used.DEFLATED, _RAW)
    size = len(compressor.compress(samples)) + len(compressor.flush())
    return size > _WORTH * len(samples)


def _spots(apart: int) -> Iterator[slice]:
    """Yield where one sample in each so many bytes lies."""
    for number in range(_SPOTS):
        start = number * apart + number * _JUMP % (apart - _SPOT + 1)
        yield slice(start, start + _SPOT)


def member(used: Any, piece: bytes) -> bytes:
    """Return a gzip member that holds a piece, which is not empty, as it is."""
    view = memoryview(piece)
    parts: list[bytes | memoryview] = [_HEADER]
    for start in range(0, len(piece), _MOST):
        block = view[start : start + _MOST]
        is_last = start + _MOST >= len(piece)
        length = len(block)
        parts.append(bytes((is_last,)) + _number(length, 2) + _number(length ^ _MOST, 2))
        parts.append(block)
    parts.append(_number(used.crc32(piece), 4) + _number(len(piece) & 0xFFFFFFFF, 4))
    return b"".join(parts)


def _number(value: int, size: int) -> bytes:
    return value.to_bytes(size, "little")
