"""Reads a private key for ssh. Must not: write one anywhere, or show any of it in an error."""

from __future__ import annotations

import os
from functools import lru_cache
from io import StringIO

import paramiko
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
    load_ssh_private_key,
)

from holdfast.errors import SecretError
from holdfast.transport.identity import KeyFile, KeyText

_Key = ed25519.Ed25519PrivateKey | ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey
_WANTED = "an Ed25519, ECDSA or RSA key as ssh-keygen writes it is wanted"


# The check of an RSA key takes longer than a whole connection, and all nodes share one or two keys.
@lru_cache(maxsize=64)
def load(source: KeyText | KeyFile) -> paramiko.PKey:
    """Return the key, or raise SecretError saying what to do about it."""
    if isinstance(source, KeyText):
        return _for_paramiko(_parse(source.reference, source.text.encode()))
    reference = f"file/{source.path}"
    try:
        with open(os.path.expanduser(source.path), "rb") as file:
            content = file.read()
    except OSError as error:
        raise SecretError(f"{reference}: {error.strerror}") from error
    return _for_paramiko(_parse(reference, content))


def _parse(reference: str, content: bytes) -> _Key:
    # CI systems store keys with other line ends, or without the last one.
    clean = content.replace(b"\r\n", b"\n").strip() + b"\n"
    read = load_ssh_private_key if b"BEGIN OPENSSH" in clean else load_pem_private_key
    # No error is kept as a cause: it may quote the key.
    try:
        key = read(clean, None)
    except TypeError:
        hint = "put it into the ssh-agent, or use a key of Holdfast's own without one"
        raise SecretError(f"{reference}: the key has a passphrase ({hint})") from None
    except (ValueError, UnsupportedAlgorithm):
        raise SecretError(f"{reference}: is no private key ({_WANTED})") from None
    if not isinstance(key, _Key):
        raise SecretError(f"{reference}: is a key of a kind that is not for this ({_WANTED})")
    return key


def _for_paramiko(key: _Key) -> paramiko.PKey:
    # Written again: paramiko reads OpenSSH's format for each kind, and fails oddly on others.
    file = StringIO(key.private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption()).decode())
    if isinstance(key, ed25519.Ed25519PrivateKey):
        return paramiko.Ed25519Key.from_private_key(file)
    if isinstance(key, ec.EllipticCurvePrivateKey):
        return paramiko.ECDSAKey.from_private_key(file)
    return paramiko.RSAKey.from_private_key(file)
