"""The certificates that a device holds for its services, and their encrypted backup."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass, field
from functools import cache

from cryptography import x509
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from holdfast.lab.loadmaster.answer import Refused
from holdfast.lab.loadmaster.tls import Key, issue, private_pem

_MAGIC, _SALT, _NONCE = b"LMCERTS1", 16, 12
FULL, THIRD, SERVICES = "full", "third", "vs"


@dataclass(frozen=True)
class Certificate:
    """A certificate as PEM; the key too, unless it is an intermediate."""

    pem: str
    key: str = field(default="", repr=False)

    def public(self) -> rsa.RSAPublicKey | ec.EllipticCurvePublicKey:
        """Return its public key, RSA or elliptic."""
        key = x509.load_pem_x509_certificate(self.pem.encode()).public_key()
        if not isinstance(key, rsa.RSAPublicKey | ec.EllipticCurvePublicKey):
            raise Refused(422, "Unknown certificate type")
        return key


@dataclass
class Certificates:
    """What the device holds, by name."""

    services: dict[str, Certificate] = field(default_factory=dict)
    intermediates: dict[str, Certificate] = field(default_factory=dict)

    def backup(self, passphrase: str) -> bytes:
        """Return all of it, encrypted; what the real blob holds is not published."""
        salt, nonce = os.urandom(_SALT), os.urandom(_NONCE)
        text = json.dumps(asdict(self)).encode()
        sealed = AESGCM(_derive(passphrase, salt)).encrypt(nonce, text, _MAGIC)
        return _MAGIC + salt + nonce + sealed

    def restore(self, blob: bytes, passphrase: str, part: str) -> None:
        """Take over a part of a backup; a wrong passphrase or a foreign file changes nothing."""
        rest = blob.removeprefix(_MAGIC)
        salt, nonce, sealed = rest[:_SALT], rest[_SALT : _SALT + _NONCE], rest[_SALT + _NONCE :]
        try:
            text = AESGCM(_derive(passphrase, salt)).decrypt(nonce, sealed, _MAGIC)
        except (InvalidTag, ValueError) as error:
            raise Refused(422, "Invalid password or backup file") from error
        stored = json.loads(text)
        if part in (FULL, SERVICES):
            self.services = _entries(stored["services"])
        if part in (FULL, THIRD):
            self.intermediates = _entries(stored["intermediates"])


def rsa_certificate(name: str, days: int) -> Certificate:
    """Return a self-signed RSA certificate."""
    return _certificate(_rsa_key(), name, days)


def elliptic_certificate(name: str, days: int) -> Certificate:
    """Return a self-signed certificate with an elliptic key."""
    return _certificate(ec.generate_private_key(ec.SECP256R1()), name, days)


def _certificate(key: Key, name: str, days: int) -> Certificate:
    pem = issue(key, name, days).public_bytes(serialization.Encoding.PEM)
    return Certificate(pem.decode(), private_pem(key).decode())


@cache
def _rsa_key() -> rsa.RSAPrivateKey:
    # One for all devices of the process: two hundred keys would take a minute.
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def _entries(stored: dict[str, dict[str, str]]) -> dict[str, Certificate]:
    return {name: Certificate(**entry) for name, entry in stored.items()}


def _derive(passphrase: str, salt: bytes) -> bytes:
    return Scrypt(salt=salt, length=32, n=2**12, r=8, p=1).derive(passphrase.encode())
