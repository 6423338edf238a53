"""age recipients: public keys that backups are encrypted to, with their bech32 checksum.

Written here because the checksum (BIP 173) is thirty lines, too few to depend on a package for.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import ValidatorFunctionWrapHandler, WithJsonSchema, WrapValidator

from holdfast.model.scalar import Written, quote
from holdfast.model.strict import Many
from holdfast.model.wrong import Wrong

_ALPHABET = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_GENERATOR = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)
_PREFIX = "age"
_LENGTH = len("age1") + 52 + 6  # 32 bytes in groups of five bits, then the checksum


def recipient(text: str) -> str:
    """Return an X25519 recipient; a mistyped letter is found by its checksum."""
    if text.upper().startswith("AGE-SECRET-KEY-"):
        raise Wrong("is a secret key", "write its public half, age1…, and make a new key")
    if len(text) != _LENGTH or not text.startswith("age1"):
        raise Wrong(f"{quote(text)} is not an age recipient", "age1 and 58 more characters")
    data = [_ALPHABET.find(letter) for letter in text[4:]]
    # 32 bytes leave four bits of the last group, which must be zero.
    if -1 in data or _checksum(data) != 1 or data[51] & 15:
        raise Wrong(f"{quote(text)} is mistyped", "its checksum is wrong")
    return text


def _checksum(data: list[int]) -> int:
    """Return the bech32 polynomial of prefix and data: 1 when nothing is mistyped."""
    value = 1
    prefix = [ord(letter) >> 5 for letter in _PREFIX] + [0] + [ord(c) & 31 for c in _PREFIX]
    for number in prefix + data:
        top = value >> 25
        value = (value & 0x1FFFFFF) << 5 ^ number
        for bit, generator in enumerate(_GENERATOR):
            if top >> bit & 1:
                value ^= generator
    return value


def _unless_none(value: object, read: ValidatorFunctionWrapHandler) -> object:
    """Take `none` in so many letters for no recipient; leaving it empty does not say it."""
    if value == "none":
        return ()
    if isinstance(value, str) or not value:
        raise Wrong("must be a list of age recipients", "or none, for no encryption")
    return read(value)


_ITEM = {"type": "string", "pattern": "^age1[02-9ac-hj-np-z]{58}$"}
_SCHEMA = {"oneOf": [{"const": "none"}, {"type": "array", "minItems": 1, "items": _ITEM}]}

Recipient = Annotated[str, Written(recipient, _ITEM)]
EncryptTo = Annotated[Many[Recipient], WrapValidator(_unless_none), WithJsonSchema(_SCHEMA)]
