"""Runs of zeros, which need neither be read nor written where a file can have holes."""

from __future__ import annotations

from typing import Iterator

from holdfast.agent.blocks import MIB

_ZEROS = bytes(MIB)


def zeros(count: int) -> Iterator[bytes]:
    """Yield so many zero bytes in blocks."""
    for start in range(0, count, MIB):
        yield _ZEROS[: min(MIB, count - start)]


def is_zero(block: bytes) -> bool:
    """Tell whether a block holds nothing but zeros; a block over a MiB is not looked at."""
    return len(block) <= MIB and block == _ZEROS[: len(block)]
