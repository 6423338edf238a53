"""xz: every 2 MiB a stream of its own, which is as far as the preset looks back."""

from __future__ import annotations

import functools
import lzma
from typing import TYPE_CHECKING

from holdfast.agent.blocks import MIB
from holdfast.agent.transforms.expand import expand
from holdfast.agent.transforms.pieces import compress_pieces

if TYPE_CHECKING:
    from holdfast.agent.transforms.available import Available
    from holdfast.agent.transforms.pipeline import Stage

_PRESET = 2  # 17 MiB a thread; the usual 6 takes 94 and with two threads breaks our bound
_PIECE = 2 * MIB
_MOST_MEMORY = 80 * MIB  # enough to expand what `xz -9` wrote


def compressing(_available: Available) -> Stage:
    """Return the stage that compresses."""
    work = functools.partial(lzma.compress, preset=_PRESET)
    return functools.partial(compress_pieces, size=_PIECE, work=work)


def expanding(_available: Available) -> Stage:
    """Return the stage that expands."""
    new = functools.partial(lzma.LZMADecompressor, lzma.FORMAT_XZ, _MOST_MEMORY)
    return functools.partial(expand, new=new, faults=lzma.LZMAError)
