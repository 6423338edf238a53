"""Cutting a stream of blocks to size. Must not: know what the bytes are."""

from __future__ import annotations

from typing import Iterable, Iterator, List, Tuple

MIB = 1024 * 1024
BLOCK = 2 * MIB  # read and worked on at once: with less, threads wait for each other more


def resize(blocks: Iterable[bytes], size: int) -> Iterator[bytes]:
    """Yield the same bytes in blocks of exactly size, the last one shorter but never empty."""
    pending: List[bytes] = []
    lacking = size
    for block in blocks:
        if not pending and len(block) == size:
            yield block
            continue
        start = 0
        while len(block) - start >= lacking:
            pending.append(block[start : start + lacking])
            yield b"".join(pending)
            start += lacking
            pending, lacking = [], size
        if start < len(block):
            pending.append(block[start:])
            lacking -= len(block) - start
    if pending:
        yield b"".join(pending)


def mark_last(blocks: Iterable[bytes]) -> Iterator[Tuple[bytes, bool]]:
    """Yield each block and whether it is the last; of an empty stream, one empty block."""
    rest = iter(blocks)
    block = next(rest, b"")
    for following in rest:
        yield block, False
        block = following
    yield block, True
