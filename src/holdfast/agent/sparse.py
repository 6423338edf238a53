"""Runs of zeros, which need neither be read nor written where a file can have holes."""

from __future__ import annotations

from typing import Iterator

from holdfast.agent.blocks import BLOCK

_ZEROS = bytes(BLOCK)
_FEW = 16


def zeros(count: int) -> Iterator[bytes]:
    """Yield so many zero bytes in blocks."""
    for start in range(0, count, BLOCK):
        yield _ZEROS[: min(BLOCK, count - start)]


def is_zero(block: bytes) -> bool:
    """Tell whether a block holds nothing but zeros; one over our own size is not looked at."""
    if len(block) > BLOCK or any(block[:_FEW]):  # most say by their first bytes that they are not
        return False
    return block == _ZEROS[: len(block)]
