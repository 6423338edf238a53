"""A file out of a JSON answer, `{"code": 200, "data": "<base64>", …}`, while it comes in.

What is not the file is kept, up to a bound, and parsed once all is there; of the file nothing is.
"""

from __future__ import annotations

import base64
import re
from typing import Iterable, Iterator

_LARGEST = 1 << 20  # of what is not the file
_TOKEN = re.compile(rb'["{}\[\]]')
_IN_STRING = re.compile(rb'["\\]')
_DATA = re.compile(rb'[{,]\s*"data"\s*:\s*$')
_TAIL = 256  # of what came before a string: enough to see that it is the file
_HALF_ESCAPE = re.compile(rb"\\(?:u[0-9a-fA-F]{0,3})?$")
_ESCAPE = re.compile(rb"\\u00([0-7][0-9a-fA-F])")
_BLANK = b" \t\r\n"
_QUANTUM = 4  # characters of base64 that make whole bytes
_OUTSIDE, _STRING, _FILE = "outside", "string", "file"


class Unwrapping:
    """Give it an answer's blocks, take the file's; then `rest` is the answer without the file."""

    def __init__(self, blocks: Iterable[bytes]) -> None:
        self._blocks = blocks
        self._rest = bytearray()
        self._state = _OUTSIDE
        self._depth = 0
        self._base64 = b""
        self._padded = False
        self.found = False

    @property
    def rest(self) -> bytes:
        """The answer, its file emptied."""
        return bytes(self._rest)

    def file(self) -> Iterator[bytes]:
        """Yield the file; raise ValueError for what is no answer with base64 in it."""
        steps = {_OUTSIDE: self._outside, _STRING: self._string, _FILE: self._file}
        waiting = b""
        for block in self._blocks:
            waiting += block
            while waiting:
                before = len(waiting)
                waiting = steps[self._state](waiting)
                yield from self._whole_bytes()
                if len(waiting) == before:
                    break  # half an escape: the next block has the rest of it
        if waiting or self._state != _OUTSIDE:
            raise ValueError("it ends in the middle")

    def _outside(self, text: bytes) -> bytes:
        token = _TOKEN.search(text)
        if token is None:
            return self._keep(text, len(text))
        sign = token[0]
        if sign == b'"':
            is_file = self._depth == 1 and _DATA.search(self._tail(text[: token.start()]))
            self._state = _FILE if is_file else _STRING
            if is_file and self.found:
                raise ValueError("two files")
            self.found = self.found or bool(is_file)
        else:
            self._depth += 1 if sign in b"{[" else -1
        return self._keep(text, token.end())

    def _string(self, text: bytes) -> bytes:
        sign = _IN_STRING.search(text)
        if sign is None:
            return self._keep(text, len(text))
        if sign[0] == b'"':
            self._state = _OUTSIDE
            return self._keep(text, sign.end())
        if sign.end() == len(text):
            return self._keep(text, sign.start())
        return self._keep(text, sign.end() + 1)

    def _file(self, text: bytes) -> bytes:
        """Take base64 up to a quote, which no escape there can be part of."""
        end = text.find(b'"')
        piece = text if end < 0 else text[:end]
        half = _HALF_ESCAPE.search(piece[-_QUANTUM - 1 :])
        if half is not None and end < 0:
            piece = piece[: len(piece) - len(half[0])]
        self._base64 += _unescaped(piece)
        if end < 0:
            return text[len(piece) :]
        if len(self._base64) % _QUANTUM:
            raise ValueError("its base64 is cut off")
        self._state = _OUTSIDE
        return self._keep(text[end:], 1)

    def _whole_bytes(self) -> Iterator[bytes]:
        """Yield what the base64 so far comes to; padding may only be its end."""
        whole = len(self._base64) // _QUANTUM * _QUANTUM
        ready, self._base64 = self._base64[:whole], self._base64[whole:]
        if ready:
            if self._padded:
                raise ValueError("its base64 goes on after its end")
            self._padded = ready.endswith(b"=")
            yield base64.b64decode(ready, validate=True)

    def _keep(self, text: bytes, count: int) -> bytes:
        self._rest += text[:count]
        if len(self._rest) > _LARGEST:
            raise ValueError("more than %d bytes beside the file" % _LARGEST)
        return text[count:]

    def _tail(self, text: bytes) -> bytes:
        return bytes(self._rest[-_TAIL:]) + text[-_TAIL:]


def _unescaped(piece: bytes) -> bytes:
    """Return base64 as it is without JSON's escapes and without line breaks."""
    if b"\\" in piece:
        piece = piece.replace(b"\\/", b"/").replace(b"\\n", b"").replace(b"\\r", b"")
        piece = _ESCAPE.sub(lambda match: bytes([int(match[1], 16)]), piece)
    return piece.translate(None, _BLANK)
