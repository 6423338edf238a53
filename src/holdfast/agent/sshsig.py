"""Signatures in OpenSSH's format (PROTOCOL.sshsig), which `ssh-keygen -Y verify` reads too."""

from __future__ import annotations

import binascii
import hashlib
from typing import TYPE_CHECKING, NamedTuple

from holdfast.agent import identity, sshkeygen
from holdfast.agent.failure import Failed
from holdfast.agent.sshwire import Wire, string

if TYPE_CHECKING:
    from holdfast.agent.layout import Layout
    from holdfast.agent.transforms.available import Available

_MAGIC = b"SSHSIG"
_VERSION = b"\0\0\0\1"
_SIZE = 64
_HASHES = ("sha256", "sha512")
_BEGIN, _END = "-----BEGIN SSH SIGNATURE-----", "-----END SSH SIGNATURE-----"
_LINE = 70


class Signature(NamedTuple):
    """Who signed, for which purpose, how: what the text of a signature holds."""

    text: str
    key: str
    purpose: str
    hash: str
    raw: bytes


def sign(layout: Layout, purpose: str, message: bytes) -> str:
    """Return the signature of a message by this node's key, as one line of base64."""
    words = ("-Y", "sign", "-q", "-f", layout.identity, "-n", purpose)
    armored = sshkeygen.run(*words, content=message).decode("ascii").strip().splitlines()
    if armored[:1] != [_BEGIN] or armored[-1:] != [_END]:
        raise Failed("ssh-keygen gave no signature")
    return "".join(armored[1:-1])


def parse(text: str) -> Signature:
    """Return what a signature's text holds; raise ValueError where it is none that we write."""
    blob = binascii.a2b_base64(text)
    if binascii.b2a_base64(blob, newline=False).decode() != text:
        raise ValueError("it is not plain base64")
    wire = Wire(blob)
    wire.expect(_MAGIC + _VERSION)
    key = identity.text(identity.raw(wire.string()))
    purpose = wire.string().decode()
    wire.expect(string(b""))  # reserved
    algorithm = wire.string().decode()
    if algorithm not in _HASHES:
        raise ValueError("it is made over an unknown digest")
    inner = Wire(wire.string())
    wire.end()
    inner.expect(string(identity.KIND.encode()))
    raw = inner.string()
    inner.end()
    if len(raw) != _SIZE:
        raise ValueError("it has %d bytes, not %d" % (len(raw), _SIZE))
    return Signature(text, key, purpose, algorithm, raw)


def fits(signature: Signature, message: bytes, available: Available) -> bool:
    """Tell whether the signature is of this very message, by the key that it names.

    By `cryptography` where that is installed, which is much faster for many, else by ssh-keygen.
    """
    module = available.module("cryptography.hazmat.primitives.asymmetric.ed25519")
    if module is None:
        return _asked(signature, message)
    from cryptography.exceptions import InvalidSignature  # noqa: PLC0415 - a node may lack it

    digest = hashlib.new(signature.hash, message).digest()
    parts = (signature.purpose.encode(), b"", signature.hash.encode(), digest)
    key = module.Ed25519PublicKey.from_public_bytes(_raw(signature.key))
    try:
        key.verify(signature.raw, _MAGIC + b"".join(map(string, parts)))
    except InvalidSignature:
        return False
    return True


def fingerprint(key: str) -> str:
    """Return how people tell a public key: as `ssh-keygen -l` does."""
    digest = hashlib.sha256(identity.blob(_raw(key))).digest()
    return "SHA256:" + binascii.b2a_base64(digest, newline=False).decode().rstrip("=")


def _raw(key: str) -> bytes:
    return identity.raw(binascii.a2b_base64(key[len(identity.KIND) + 1 :]))


def _asked(signature: Signature, message: bytes) -> bool:
    import tempfile  # noqa: PLC0415 - a run that only signs does without

    body = [signature.text[at : at + _LINE] for at in range(0, len(signature.text), _LINE)]
    with tempfile.NamedTemporaryFile("w", suffix=".sig") as file:
        file.write("\n".join([_BEGIN, *body, _END, ""]))
        file.flush()
        words = ("-Y", "check-novalidate", "-n", signature.purpose, "-s", file.name)
        return sshkeygen.agrees(*words, content=message)
