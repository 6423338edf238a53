"""Compressing in pieces that stand alone, so that threads share the work.

All four formats let their streams be strung together: any program of the format reads the whole.
"""

from __future__ import annotations

import itertools
from typing import Callable, Iterable, Iterator

from holdfast.agent.blocks import resize
from holdfast.agent.transforms.pipeline import parallel


def compress_pieces(
    blocks: Iterable[bytes], size: int, work: Callable[[bytes], bytes]
) -> Iterator[bytes]:
    """Yield each piece of so many bytes compressed; of nothing, one empty piece."""
    pieces = resize(blocks, size)
    first = next(pieces, b"")
    return parallel(itertools.chain((first,), pieces), work)
