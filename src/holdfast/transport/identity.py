"""Where a private key for ssh comes from. Must not: write one to disk, or show any of it."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from functools import lru_cache
from io import StringIO
from typing import TYPE_CHECKING

from holdfast.errors import SecretError

if TYPE_CHECKING:
    from paramiko import PKey


@dataclass(frozen=True)
class KeyText:
    """A key in memory, such as from an environment variable; `reference` is what to call it."""

    reference: str
    text: str = field(repr=False)


@dataclass(frozen=True)
class KeyFile:
    """A key in a file; `~` is the home of who runs this."""

    path: str


@dataclass(frozen=True)
class KeyAgent:
    """Whatever the ssh-agent of SSH_AUTH_SOCK holds."""


KeySource = KeyText | KeyFile | KeyAgent


# The check of an RSA key takes longer than a whole connection, and all nodes share one or two keys.
@lru_cache(maxsize=64)
def load(source: KeyText | KeyFile) -> PKey:
    """Return the key, or raise SecretError saying what to do about it."""
    if isinstance(source, KeyText):
        return _parse(source.reference, source.text)
    reference = f"file/{source.path}"
    try:
        with open(os.path.expanduser(source.path), encoding="ascii") as file:
            text = file.read()
    except OSError as error:
        raise SecretError(f"{reference}: {error.strerror}") from error
    except UnicodeDecodeError:
        raise SecretError(f"{reference}: is not a private key in OpenSSH or PEM text") from None
    return _parse(reference, text)


def _parse(reference: str, text: str) -> PKey:
    import paramiko  # noqa: PLC0415 - a tenth of a second that only ssh needs

    # CI systems store keys with other line ends, or without the last one.
    lines = "\n".join(text.split("\r\n")).strip() + "\n"
    for kind in (paramiko.Ed25519Key, paramiko.ECDSAKey, paramiko.RSAKey):
        try:
            return kind.from_private_key(StringIO(lines))
        except paramiko.PasswordRequiredException:
            hint = "put it into the ssh-agent, or use a key of Holdfast's own without one"
            raise SecretError(f"{reference}: the key has a passphrase ({hint})") from None
        except (paramiko.SSHException, ValueError):
            continue
    # No cause is kept: it may quote the key.
    hint = "an Ed25519, ECDSA or RSA key as ssh-keygen writes it"
    raise SecretError(f"{reference}: is not a private key that can be read ({hint})")
