"""The text at the head of an age file, parsed and rendered to the byte. Must not: encrypt."""

from __future__ import annotations

import base64
import binascii
import itertools
from typing import Iterable, Iterator, NamedTuple, Sequence, Tuple

from holdfast.agent.age.errors import HeaderError

VERSION = b"age-encryption.org/v1\n"
LONGEST = 256 * 1024  # far more than a thousand recipients need
_COLUMNS = 64
_MAC_SIZE = 32


class Stanza(NamedTuple):
    """The file key, wrapped for one recipient in the way that `kind` names."""

    kind: str
    arguments: Tuple[str, ...]
    body: bytes


class Header(NamedTuple):
    """All stanzas, and the MAC over `covered`, the bytes of the header as they came."""

    stanzas: Tuple[Stanza, ...]
    mac: bytes
    covered: bytes


def split(blocks: Iterable[bytes]) -> Tuple[bytes, Iterator[bytes]]:
    """Return the bytes of the header, and the blocks that follow it."""
    blocks = iter(blocks)
    seen = b""
    for block in blocks:
        seen += block
        if not (seen.startswith(VERSION) or VERSION.startswith(seen)):
            raise HeaderError("this is not an age v1 file")
        last_line = seen.find(b"\n---", 0, LONGEST)
        end = seen.find(b"\n", last_line + 1, LONGEST) + 1
        if last_line >= 0 and end > 0:
            return seen[:end], itertools.chain((seen[end:],), blocks)
        if len(seen) > LONGEST:
            raise HeaderError("the header has no end")
    raise HeaderError("the file ends inside its header")


def parse(raw: bytes) -> Header:
    """Return the header that these bytes are, whole and exactly."""
    if not raw.startswith(VERSION) or not raw.endswith(b"\n"):
        raise HeaderError("this is not an age v1 header")
    *lines, last = raw[len(VERSION) : -1].split(b"\n")
    if not last.startswith(b"--- "):
        raise HeaderError("the header does not end in its MAC")
    mac = decode(last[4:])
    if len(mac) != _MAC_SIZE:
        raise HeaderError("the header's MAC has a wrong length")
    remaining = iter(lines)
    stanzas = tuple(_stanza(line, remaining) for line in remaining)
    if not stanzas:
        raise HeaderError("the header names no recipient")
    return Header(stanzas, mac, raw[: -len(last) + 2])


def render(stanzas: Sequence[Stanza]) -> bytes:
    """Return what the MAC covers; a space, the MAC and a newline make it a header."""
    lines = [VERSION]
    for stanza in stanzas:
        lines.append(" ".join(("->", stanza.kind, *stanza.arguments)).encode() + b"\n")
        body = encode(stanza.body)
        # A last line of full length is followed by an empty one: a short line ends the body.
        starts = range(0, len(body) + 1, _COLUMNS)
        lines += [body[start : start + _COLUMNS] + b"\n" for start in starts]
    return b"".join(lines) + b"---"


def encode(raw: bytes) -> bytes:
    """Return base64 without padding."""
    return base64.b64encode(raw).rstrip(b"=")


def decode(text: bytes) -> bytes:
    """Return what canonical base64 without padding says; raise HeaderError for any other."""
    try:
        raw = base64.b64decode(text + b"=" * (-len(text) % 4), validate=True)
    except binascii.Error:
        raise HeaderError("the header has a part that is not base64") from None
    if encode(raw) != text:
        raise HeaderError("the header has base64 that is not canonical")
    return raw


def _stanza(first: bytes, lines: Iterator[bytes]) -> Stanza:
    arrow, *words = first.split(b" ")
    if arrow != b"->" or not words or not all(_is_word(word) for word in words):
        raise HeaderError("the header has a malformed recipient line")
    body = b""
    for line in lines:
        body += line
        if len(line) < _COLUMNS:
            kind, *arguments = (word.decode("ascii") for word in words)
            return Stanza(kind, tuple(arguments), decode(body))
        if len(line) > _COLUMNS:
            break
    raise HeaderError("the header has a recipient whose body is malformed")


def _is_word(word: bytes) -> bool:
    return bool(word) and all(0x21 <= code <= 0x7E for code in word)  # noqa: PLR2004 - VCHAR
