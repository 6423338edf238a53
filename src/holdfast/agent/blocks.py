"""Cutting a stream of blocks to size. Must not: know what the bytes are."""

from __future__ import annotations

from typing import Iterable, Iterator, Tuple

MIB = 1024 * 1024


def resize(blocks: Iterable[bytes], size: int) -> Iterator[bytes]:
    """Yield the same bytes in blocks of exactly size, the last one shorter but never empty."""
    pending = bytearray()
    for block in blocks:
        if not pending and len(block) == size:
            yield block
            continue
        pending += block
        whole = len(pending) - len(pending) % size
        if whole:
            with memoryview(pending) as view:
                for start in range(0, whole, size):
                    yield bytes(view[start : start + size])
            del pending[:whole]
    if pending:
        yield bytes(pending)


def mark_last(blocks: Iterable[bytes]) -> Iterator[Tuple[bytes, bool]]:
    """Yield each block and whether it is the last; of an empty stream, one empty block."""
    rest = iter(blocks)
    block = next(rest, b"")
    for following in rest:
        yield block, False
        block = following
    yield block, True
