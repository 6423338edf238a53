"""Expanding what is compressed: a row of streams one after the other, each of them whole."""

from __future__ import annotations

from typing import Callable, Iterable, Iterator, Optional, Protocol

from holdfast.agent.blocks import MIB
from holdfast.agent.failure import Failed


class CorruptError(Failed):
    """The compressed bytes were altered or cut short."""


class Expander(Protocol):
    """Expands one stream, a bounded piece at a time, as `bz2.BZ2Decompressor` does."""

    @property
    def eof(self) -> bool:
        """Whether the stream came to its end."""

    @property
    def needs_input(self) -> bool:
        """Whether more input must come before more output can."""

    @property
    def unused_data(self) -> bytes:
        """Return what came after the end."""

    def decompress(self, data: bytes, max_length: int) -> bytes:
        """Return about so many bytes at most; keeps the input that it did not get to."""


def expand(
    blocks: Iterable[bytes], new: Callable[[], Expander], faults: type[Exception]
) -> Iterator[bytes]:
    """Yield the content of all streams; anything but whole streams raises CorruptError.

    `faults` is what an expander made by `new` raises.
    """
    stream: Optional[Expander] = None
    any_whole = False
    for block in blocks:
        data = block
        while data or not (stream is None or stream.needs_input):
            stream = stream or new()
            try:
                out = stream.decompress(data, MIB)
            except faults as error:
                raise CorruptError(f"the compressed data was altered: {error}") from error
            if out:
                yield out
            data = b""
            if stream.eof:
                data, stream, any_whole = stream.unused_data, None, True
    if stream is not None or not any_whole:
        raise CorruptError("the compressed data was cut short")
