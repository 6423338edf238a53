"""age recipients: the public keys that backups are encrypted to."""

from __future__ import annotations

from typing import Annotated

from pydantic import ValidatorFunctionWrapHandler, WithJsonSchema, WrapValidator

from holdfast.agent.age import bech32
from holdfast.agent.age.errors import BadKeyError
from holdfast.model.scalar import Written, quote
from holdfast.model.strict import Many
from holdfast.model.wrong import Wrong

_KEY = 32  # bytes of an X25519 public key


def recipient(text: str) -> str:
    """Return an X25519 recipient; a mistyped letter is found by its checksum."""
    if text.upper().startswith("AGE-SECRET-KEY-"):
        raise Wrong("is a secret key", "write its public half, age1…, and make a new key")
    try:
        prefix, raw = bech32.decode(text)
    except BadKeyError as error:
        raise Wrong(f"{quote(text)} is not an age recipient", f"it {error}") from None
    if prefix != "age" or len(raw) != _KEY:
        raise Wrong(f"{quote(text)} is not an age recipient", "age1 and 58 more characters")
    return text


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
