"""Whole age files as streams: encrypt, decrypt, and unwrapping apart from decrypting.

Whoever holds the identity unwraps the header; a node gets the key of that one file and no more.
"""

from __future__ import annotations

import hashlib
import hmac
import itertools
import os
from typing import TYPE_CHECKING, Iterable, Iterator, Sequence

from holdfast.agent.age import header, primitives, stream, x25519
from holdfast.agent.age.errors import AgeError, HeaderError, MacError, NoMatchError

if TYPE_CHECKING:
    from holdfast.agent.age.keys import Identity, Recipient

_NONCE_SIZE = 16


def encrypt(blocks: Iterable[bytes], recipients: Sequence[Recipient]) -> Iterator[bytes]:
    """Return the blocks of an age file that each of the recipients can open."""
    if not recipients:
        raise AgeError("nothing can be encrypted to nobody")
    file_key = os.urandom(primitives.FILE_KEY_SIZE)
    covered = header.render([x25519.wrap(file_key, recipient) for recipient in recipients])
    mac = header.encode(_mac(file_key, covered))
    nonce = os.urandom(_NONCE_SIZE)
    payload = stream.seal(blocks, _payload_key(file_key, nonce))
    return itertools.chain((covered + b" " + mac + b"\n" + nonce,), payload)


def decrypt(blocks: Iterable[bytes], identities: Sequence[Identity]) -> Iterator[bytes]:
    """Yield what an age file holds."""
    raw, rest = header.split(blocks)
    yield from decrypt_body(rest, unwrap(raw, identities))


def decrypt_with(blocks: Iterable[bytes], file_key: bytes) -> Iterator[bytes]:
    """Yield what an age file holds, given its own key; raise MacError if it is another file's."""
    raw, rest = header.split(blocks)
    _check(header.parse(raw), file_key)
    yield from decrypt_body(rest, file_key)


def unwrap(raw: bytes, identities: Sequence[Identity]) -> bytes:
    """Return the file key of a header, as `header.split` gives it."""
    parsed = header.parse(raw)
    kinds = [stanza.kind for stanza in parsed.stanzas]
    if "scrypt" in kinds and len(kinds) > 1:
        raise HeaderError("the header has a passphrase beside other recipients")
    ours = [stanza for stanza in parsed.stanzas if stanza.kind == x25519.KIND]
    for stanza, identity in itertools.product(ours, identities):
        file_key = x25519.unwrap(stanza, identity)
        if file_key is not None:
            _check(parsed, file_key)
            return file_key
    raise NoMatchError("none of the identities given opens this file")


def decrypt_body(blocks: Iterable[bytes], file_key: bytes) -> Iterator[bytes]:
    """Yield what the blocks after a header hold."""
    rest = iter(blocks)
    seen = b""
    while len(seen) < _NONCE_SIZE:
        block = next(rest, None)
        if block is None:
            raise HeaderError("the file ends right after its header")
        seen += block
    key = _payload_key(file_key, seen[:_NONCE_SIZE])
    yield from stream.unseal(itertools.chain((seen[_NONCE_SIZE:],), rest), key)


def _check(parsed: header.Header, file_key: bytes) -> None:
    if not hmac.compare_digest(_mac(file_key, parsed.covered), parsed.mac):
        raise MacError("the header was altered, or the key is another file's")


def _mac(file_key: bytes, covered: bytes) -> bytes:
    key = primitives.derive(file_key, b"", b"header")
    return hmac.new(key, covered, hashlib.sha256).digest()


def _payload_key(file_key: bytes, nonce: bytes) -> bytes:
    return primitives.derive(file_key, nonce, b"payload")
