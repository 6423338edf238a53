"""bzip2: every block of 900 kB a stream of its own, as lbzip2 writes it too."""

from __future__ import annotations

import bz2
import functools
from typing import TYPE_CHECKING

from holdfast.agent.transforms.expand import expand
from holdfast.agent.transforms.pieces import compress_pieces

if TYPE_CHECKING:
    from holdfast.agent.transforms.available import Available
    from holdfast.agent.transforms.pipeline import Stage

_PIECE = 900_000 - 19  # what one block of level 9 takes in


def compressing(_available: Available) -> Stage:
    """Return the stage that compresses."""
    return functools.partial(compress_pieces, size=_PIECE, work=bz2.compress)


def expanding(_available: Available) -> Stage:
    """Return the stage that expands."""
    return functools.partial(expand, new=bz2.BZ2Decompressor, faults=OSError)
