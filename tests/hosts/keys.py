"""Keys for the test bed, made once a run. They open nothing but hosts that live for a second."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes


@dataclass(frozen=True)
class Pair:
    """A private key as OpenSSH text, and its public line."""

    private: str
    public: str

    @classmethod
    def ed25519(cls, passphrase: str = "") -> Self:
        return cls._of(ed25519.Ed25519PrivateKey.generate(), passphrase)

    @classmethod
    def ecdsa(cls) -> Self:
        return cls._of(ec.generate_private_key(ec.SECP256R1()), "")

    @classmethod
    def rsa(cls) -> Self:
        return cls._of(rsa.generate_private_key(65537, 2048), "")

    @classmethod
    def _of(cls, key: PrivateKeyTypes, passphrase: str) -> Self:
        locked = BestAvailableEncryption(passphrase.encode()) if passphrase else NoEncryption()
        private = key.private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, locked)
        public = key.public_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH)
        return cls(private.decode(), public.decode())
