"""gzip: by the module `isal` or its program `igzip` where the node has one, else by Python's zlib.

With a module every block is a member of its own, so that threads share the work.
"""

from __future__ import annotations

import functools
import zlib
from typing import TYPE_CHECKING, Any, Callable

from holdfast.agent.blocks import BLOCK
from holdfast.agent.transforms import stored
from holdfast.agent.transforms.expand import expand
from holdfast.agent.transforms.pieces import compress_pieces
from holdfast.agent.transforms.program import through

if TYPE_CHECKING:
    from holdfast.agent.transforms.available import Available
    from holdfast.agent.transforms.pipeline import Stage

_ISAL = "isal.isal_zlib"
_WITH_HEADER = 31  # zlib's window bits for a gzip member
_LEVEL = 1  # 6 is 2.5 times slower for 3 % less, in zlib; isal's 0 to 3 hardly differ


def compressing(available: Available) -> Stage:
    """Return the stage that compresses."""
    module = available.module(_ISAL)
    program = available.program("igzip") if module is None else None
    if program is not None:
        return through(program, f"-{_LEVEL}", "-n", "-c")  # a tenth of the CPU of zlib
    used = module or zlib
    work = functools.partial(_member, used, _compressing(used))
    return functools.partial(compress_pieces, size=BLOCK, work=work)


def expanding(available: Available) -> Stage:
    """Return the stage that expands."""
    used: Any = available.module(_ISAL) or zlib
    return functools.partial(expand, new=functools.partial(_Member, used), faults=used.error)


def _member(used: Any, compress: Callable[[bytes], bytes], piece: bytes) -> bytes:
    return stored.member(used, piece) if stored.is_dense(used, piece) else compress(piece)


def _compressing(used: Any) -> Callable[[bytes], bytes]:
    """Return what makes a member of a piece: by one call, which copies nothing, where it can."""
    try:
        used.compress(b"", _LEVEL, _WITH_HEADER)
    except TypeError:  # as zlib before Python 3.11
        return functools.partial(_by_steps, used)
    return lambda piece: bytes(used.compress(piece, _LEVEL, _WITH_HEADER))


def _by_steps(used: Any, piece: bytes) -> bytes:
    compressor = used.compressobj(_LEVEL, zlib.DEFLATED, _WITH_HEADER)
    return b"".join((compressor.compress(piece), compressor.flush()))


class _Member:
    """One member, expanded in the manner of bz2 and lzma."""

    def __init__(self, used: Any) -> None:
        self._stream = used.decompressobj(_WITH_HEADER)
        self.needs_input = True

    @property
    def eof(self) -> bool:
        return bool(self._stream.eof)

    @property
    def unused_data(self) -> bytes:
        return bytes(self._stream.unused_data)

    def decompress(self, data: bytes, max_length: int) -> bytes:
        out: bytes = self._stream.decompress(self._stream.unconsumed_tail + data, max_length)
        self.needs_input = len(out) < max_length and not self._stream.unconsumed_tail
        return out
