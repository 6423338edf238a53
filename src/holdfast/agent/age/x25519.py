"""Wrap a file key for a recipient, unwrap it with an identity; make identities."""

from __future__ import annotations

import os
from typing import Optional

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from holdfast.agent.age import header, primitives
from holdfast.agent.age.errors import BadKeyError, HeaderError
from holdfast.agent.age.keys import KEY_SIZE, Identity, Recipient

KIND = "X25519"
_PURPOSE = b"age-encryption.org/v1/X25519"
_NONCE = bytes(12)  # each wrapping key is used once
_BODY_SIZE = primitives.FILE_KEY_SIZE + primitives.TAG_SIZE


def generate() -> Identity:
    """Return a new identity from the system's random source."""
    return Identity(os.urandom(KEY_SIZE))


def recipient_of(identity: Identity) -> Recipient:
    """Return the recipient whose files the identity opens."""
    private = X25519PrivateKey.from_private_bytes(identity.raw)
    return Recipient(private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw))


def wrap(file_key: bytes, recipient: Recipient) -> header.Stanza:
    """Return the stanza from which only the recipient's identity gets the file key."""
    ephemeral = generate()
    share = recipient_of(ephemeral).raw
    shared = _exchange(ephemeral, recipient.raw)
    if shared is None:
        raise BadKeyError(f"recipient {recipient} is a point that protects nothing")
    key = primitives.derive(shared, share + recipient.raw, _PURPOSE)
    body = primitives.cipher(key).encrypt(_NONCE, file_key, None)
    return header.Stanza(KIND, (header.encode(share).decode(),), body)


def unwrap(stanza: header.Stanza, identity: Identity) -> Optional[bytes]:
    """Return the file key, None if the stanza is for another; raise HeaderError if malformed."""
    if len(stanza.arguments) != 1 or len(stanza.body) != _BODY_SIZE:
        raise HeaderError("the header has a malformed X25519 recipient")
    share = header.decode(stanza.arguments[0].encode())
    if len(share) != KEY_SIZE:
        raise HeaderError("the header has an X25519 share of a wrong length")
    shared = _exchange(identity, share)
    if shared is None:
        raise HeaderError("the header has an X25519 share that protects nothing")
    key = primitives.derive(shared, share + recipient_of(identity).raw, _PURPOSE)
    try:
        return primitives.cipher(key).decrypt(_NONCE, stanza.body, None)
    except InvalidTag:
        return None


def _exchange(identity: Identity, share: bytes) -> Optional[bytes]:
    """Return the shared secret; None for a point of low order, which makes it known to all."""
    private = X25519PrivateKey.from_private_bytes(identity.raw)
    try:
        return private.exchange(X25519PublicKey.from_public_bytes(share))
    except ValueError:
        return None
