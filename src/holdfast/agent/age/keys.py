"""Recipients and identities as people write them. Must not: need `cryptography`."""

from __future__ import annotations

from typing import NamedTuple, Tuple

from holdfast.agent.age import bech32
from holdfast.agent.age.errors import BadKeyError

KEY_SIZE = 32
_RECIPIENT = "age"
_IDENTITY = "AGE-SECRET-KEY-"


class Recipient(NamedTuple):
    """Whom a file is encrypted to: an X25519 public key."""

    raw: bytes

    @classmethod
    def parse(cls, text: str) -> Recipient:
        """Return the recipient that `age1…` names; raise BadKeyError for anything else."""
        if text.upper().startswith(_IDENTITY):
            raise BadKeyError("this is an identity, which is secret; give its recipient, age1…")
        try:
            prefix, raw = bech32.decode(text)
        except BadKeyError as error:
            raise BadKeyError(f"recipient {text[:80]!r} {error}") from None
        if prefix != _RECIPIENT or len(raw) != KEY_SIZE:
            raise BadKeyError(f"recipient {text[:80]!r} is not an X25519 one, age1… of 62 letters")
        return cls(raw)

    def __str__(self) -> str:
        return bech32.encode(_RECIPIENT, self.raw)


class Identity:
    """What opens a file: an X25519 private key. Shows its value only when asked to `reveal`."""

    __slots__ = ("raw",)

    def __init__(self, raw: bytes) -> None:
        self.raw = raw

    @classmethod
    def parse(cls, text: str) -> Identity:
        """Return the identity of an `AGE-SECRET-KEY-1…`; no message quotes it."""
        try:
            prefix, raw = bech32.decode(text)
        except BadKeyError as error:
            raise BadKeyError(f"the identity {error}") from None
        if prefix != _IDENTITY or len(raw) != KEY_SIZE:
            raise BadKeyError(f"the identity is not an X25519 one, {_IDENTITY}1…")
        return cls(raw)

    def reveal(self) -> str:
        """Return `AGE-SECRET-KEY-1…`."""
        return bech32.encode(_IDENTITY.lower(), self.raw).upper()


def parse_identities(text: str) -> Tuple[Identity, ...]:
    """Return the identities of an identity file as `age-keygen` writes it; at least one."""
    lines = (line.strip() for line in text.splitlines())
    found = tuple(Identity.parse(line) for line in lines if line and not line.startswith("#"))
    if not found:
        raise BadKeyError(f"the identity file holds no {_IDENTITY}1… line")
    return found
