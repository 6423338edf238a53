"""Keyed digests of the pieces of a base: what is the same later need not be kept again.

They lie in a manifest that others may read, and most members are short and easily guessed: without
the key, which never leaves the node, nobody can try a guess.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import secrets
from typing import Iterable, Optional

from holdfast.agent.failure import Malformed

KEY = 32
_SIZE = 16
_VOLATILE = "-"  # never compared


class Digests:
    """The digests of a base's pieces of data, in order."""

    def __init__(self, key: bytes, found: Iterable[Optional[bytes]] = ()) -> None:
        self._key = key
        self._found = list(found)
        self.count = sum(each is not None for each in self._found)

    @classmethod
    def from_text(cls, key: bytes, text: str) -> Digests:
        """Return what `to_text` wrote, or raise Malformed."""
        try:
            return cls(key, [_parse(word) for word in text.split()])
        except (ValueError, binascii.Error):
            raise Malformed("the digests of a base are not as they were written") from None

    def to_text(self) -> str:
        """Return them as a manifest holds them; nobody gets at the key by it."""
        return " ".join(
            _VOLATILE if each is None else base64.b64encode(each)[:-2].decode()
            for each in self._found
        )

    def add(self, data: bytes) -> None:
        """Take in the next piece."""
        self._found.append(self.of(data))
        self.count += 1

    def skip(self) -> None:
        """Take in a piece that is never compared."""
        self._found.append(None)

    def of(self, data: bytes) -> bytes:
        """Return the keyed digest of a piece."""
        return hashlib.blake2b(data, key=self._key, digest_size=_SIZE).digest()

    def places(self) -> dict[bytes, list[int]]:
        """Return where pieces with a digest lie, last place first."""
        found: dict[bytes, list[int]] = {}
        for place in range(len(self._found) - 1, -1, -1):
            digest = self._found[place]
            if digest is not None:
                found.setdefault(digest, []).append(place)
        return found


def new_key() -> bytes:
    """Return a key for one base."""
    return secrets.token_bytes(KEY)


def _parse(word: str) -> Optional[bytes]:
    if word == _VOLATILE:
        return None
    digest = base64.b64decode(word + "==", validate=True)
    if len(digest) != _SIZE:
        raise ValueError(word)
    return digest
