"""Chunks of bytes to lines, with bounds: a node that never stops must not fill the memory here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from holdfast.errors import Unexpected

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

LONGEST_LINE = 64 * 1024**2
LONGEST_ANSWER = 1024**3


def lines(
    node: str, chunks: Iterable[bytes], longest: int = LONGEST_LINE, most: int = LONGEST_ANSWER
) -> Iterator[bytes]:
    """Yield each line as soon as it is whole, without its newline; a last one may lack it."""
    total = held = 0
    parts: list[bytes] = []
    for chunk in chunks:
        total += len(chunk)
        first, *others = chunk.split(b"\n")
        parts.append(first)
        held += len(first)
        if held > longest or total > most:
            raise Unexpected(node, f"sends without end: stopped after {total} bytes")
        if others:
            yield b"".join(parts)
            *whole, rest = others
            yield from whole
            parts, held = [rest], len(rest)
    if held:
        yield b"".join(parts)
