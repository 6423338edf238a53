"""The key of one encrypted backup, got here with an identity that never leaves this side."""

from __future__ import annotations

import base64
import binascii
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from holdfast.agent.age.errors import AgeError
from holdfast.engine.act import Act
from holdfast.engine.decode import fitting
from holdfast.engine.members import text
from holdfast.engine.pick import Where, named
from holdfast.errors import SecretError, Unexpected

if TYPE_CHECKING:
    from holdfast.engine.act import Doing
    from holdfast.engine.stock import Stored


_WANTED = (
    "wanted is the age identity, AGE-SECRET-KEY-1…, of a recipient that the backup is encrypted to "
    "(for backups to come `holdfast keys generate` makes one)"
)


class Keys(NamedTuple):
    """What opens a backup, and what opens its base; None where there is nothing to open."""

    own: bytes | None = None
    base: bytes | None = None


def keys_of(doing: Doing, backup: Stored, identity: str | None, accept: str | None = None) -> Keys:
    """Return the keys of a backup and of its base, each got with the same identity."""
    own = file_key(doing, backup, identity, accept)
    if backup.base is None or own is None:
        return Keys(own)
    name = f"{backup.source}/{backup.base}"
    (base,) = named(doing.reach, Where(backup.node, backup.storage), 1, [name])
    return Keys(own, file_key(doing, base, identity, accept))


def file_key(
    doing: Doing,
    backup: Stored,
    identity: str | None,
    accept: str | None = None,
    part: str = "",
) -> bytes | None:
    """Return the key of a backup's file, or of a part of it; None where it is not encrypted.

    Raises SecretError where an identity is missing, wrong or for nothing: never a fallback.
    """
    if not backup.is_encrypted:
        if identity is not None:
            raise SecretError(
                f"{backup.name} is not encrypted: no identity is needed; is it meant?"
            )
        return None
    if identity is None:
        raise SecretError(f"{backup.name} is encrypted: give --identity FILE")
    result = doing.perform(Act.on("header", backup, accept=accept, part=part))
    with fitting(backup.node):
        header = text(result, "header")
    try:
        return key_in(base64.b64decode(header, validate=True), backup, identity)
    except binascii.Error:
        raise Unexpected(backup.node, "told a header that is not base64") from None


def key_in(header: bytes, backup: Stored, identity: str) -> bytes:
    """Return the key that a file's header holds for an identity, or raise SecretError."""
    from holdfast.agent.age import file, keys  # noqa: PLC0415  # loads cryptography

    try:
        identities = keys.parse_identities(Path(identity).read_text(encoding="utf-8"))
    except UnicodeDecodeError:
        raise SecretError(f"{identity}: is no identity file: not UTF-8 text; {_WANTED}") from None
    except AgeError as error:
        raise SecretError(f"{identity}: {error}; {_WANTED}") from None
    try:
        return file.unwrap(header, identities)
    except AgeError as error:
        raise SecretError(f"{identity}: does not open {backup.name}: {error}") from None
