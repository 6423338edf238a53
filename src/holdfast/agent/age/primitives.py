"""What age is made of, as `cryptography` has it from 3.3 (Debian 11) on."""

from __future__ import annotations

from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

FILE_KEY_SIZE = 16
TAG_SIZE = 16
_KEY_SIZE = 32


def derive(secret: bytes, salt: bytes, purpose: bytes) -> bytes:
    """Return a key for one purpose (HKDF-SHA-256)."""
    return HKDF(algorithm=SHA256(), length=_KEY_SIZE, salt=salt, info=purpose).derive(secret)


def cipher(key: bytes) -> ChaCha20Poly1305:
    """Return the cipher that seals and opens under a key."""
    return ChaCha20Poly1305(key)
