"""The payload of an age file: STREAM with ChaCha20-Poly1305 in chunks of 64 KiB.

A chunk that does not open ends everything; what was released before it was authentic.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Iterable, Iterator, List, Tuple

from cryptography.exceptions import InvalidTag

from holdfast.agent.age import primitives
from holdfast.agent.age.errors import PayloadError
from holdfast.agent.blocks import mark_last, resize

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

CHUNK = 64 * 1024
_SEALED = CHUNK + primitives.TAG_SIZE
_AT_ONCE = 16  # chunks handed on together: fewer switches between threads


def seal(blocks: Iterable[bytes], key: bytes) -> Iterator[bytes]:
    """Yield the payload's chunks, sealed; the last one is marked as such."""
    cipher = primitives.cipher(key)
    sealed: List[bytes] = []
    for counter, (chunk, is_last) in enumerate(mark_last(resize(blocks, CHUNK))):
        sealed.append(cipher.encrypt(_nonce(counter, is_last), chunk, None))
        if is_last or len(sealed) == _AT_ONCE:
            yield b"".join(sealed)
            sealed.clear()


def unseal(blocks: Iterable[bytes], key: bytes) -> Iterator[bytes]:
    """Yield the payload; raise PayloadError where it was altered, cut short or added to."""
    opening = _Opening(primitives.cipher(key))
    for block in resize(blocks, _SEALED * _AT_ONCE):
        opened: List[bytes] = []
        try:
            for start in range(0, len(block), _SEALED):
                opened.append(opening.chunk(block[start : start + _SEALED]))  # noqa: PERF401 - kept when one fails
        finally:
            # Chunks before a bad one are authentic; age releases them, and so do we.
            if opened:
                yield b"".join(opened)
    if not opening.ended:
        raise PayloadError("the file was cut short")


class _Opening:
    """How far a payload has been opened."""

    def __init__(self, cipher: ChaCha20Poly1305) -> None:
        self.ended = False
        self._cipher = cipher
        self._counter = 0

    def chunk(self, sealed: bytes) -> bytes:
        """Return the next chunk's plain text."""
        if self.ended:
            raise PayloadError("the file goes on after its end")
        plain, self.ended = self._open(sealed)
        if not plain and self._counter:
            raise PayloadError("the file ends in an empty chunk")
        self._counter += 1
        return plain

    def _open(self, sealed: bytes) -> Tuple[bytes, bool]:
        marks = (False, True) if len(sealed) == _SEALED else (True,)
        for is_last in marks:
            try:
                nonce = _nonce(self._counter, is_last)
                return self._cipher.decrypt(nonce, sealed, None), is_last
            except InvalidTag:
                continue
        raise PayloadError(f"the file was altered or cut short in chunk {self._counter}")


def _nonce(counter: int, is_last: bool) -> bytes:  # noqa: FBT001 - the flag is the format's
    return counter.to_bytes(11, "big") + (b"\1" if is_last else b"\0")
