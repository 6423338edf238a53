"""zstd, by the module `zstandard` where the node has it, else by the program `zstd`."""

from __future__ import annotations

import functools
from typing import Any

from holdfast.agent.blocks import BLOCK, MIB
from holdfast.agent.transforms.available import Available, MissingError
from holdfast.agent.transforms.expand import expand
from holdfast.agent.transforms.pieces import compress_pieces
from holdfast.agent.transforms.pipeline import WORKERS, Stage
from holdfast.agent.transforms.program import through

_LEVEL = 3
_WINDOW = 8 * MIB  # what RFC 8878 asks every reader to allow for
_SLICE = 512  # 4 bytes can stand for 128 KiB: so much input gives 16 MiB at the most


def compressing(available: Available) -> Stage:
    """Return the stage that compresses; raise MissingError if the node has no zstd."""
    module = _module(available)
    if module is None:
        return through(_program(available), f"-{_LEVEL}", f"-T{WORKERS}", "-q", "-c")
    return functools.partial(compress_pieces, size=BLOCK, work=functools.partial(_compress, module))


def expanding(available: Available) -> Stage:
    """Return the stage that expands; raise MissingError if the node has no zstd."""
    module = _module(available)
    if module is None:
        return through(_program(available), "-d", f"-M{_WINDOW}", "-q", "-c")
    new = functools.partial(_Frame, module)
    return functools.partial(expand, new=new, faults=module.ZstdError)


def _module(available: Available) -> Any:
    """Return the module if it can tell where a frame ends, which it can since 0.19."""
    module: Any = available.module("zstandard")
    if module is None or not hasattr(module.ZstdDecompressor().decompressobj(), "eof"):
        return None
    return module


def _program(available: Available) -> str:
    program = available.program("zstd")
    if program is None:
        raise MissingError("this node has no zstd: install the package `zstd`")
    return program


def _compress(module: Any, piece: bytes) -> bytes:
    # A compressor serves one thread at a time; a new one costs little beside a block.
    compressor = module.ZstdCompressor(level=_LEVEL, write_checksum=True)
    return bytes(compressor.compress(piece))


class _Frame:
    """One frame, expanded in the manner of bz2 and lzma."""

    def __init__(self, module: Any) -> None:
        self._stream = module.ZstdDecompressor(max_window_size=_WINDOW).decompressobj()
        self._input = b""
        self._at = 0

    @property
    def eof(self) -> bool:
        return bool(self._stream.eof)

    @property
    def needs_input(self) -> bool:
        return self._at >= len(self._input)

    @property
    def unused_data(self) -> bytes:
        return bytes(self._stream.unused_data) + self._input[self._at :]

    def decompress(self, data: bytes, max_length: int) -> bytes:
        if data:
            self._input = self._input[self._at :] + data
            self._at = 0
        out = bytearray()
        while len(out) < max_length and not self.needs_input and not self.eof:
            out += self._stream.decompress(self._input[self._at : self._at + _SLICE])
            self._at += _SLICE
        return bytes(out)
