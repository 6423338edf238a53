"""Secret references to values, from the environment and files of the control side only."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from holdfast.errors import SecretError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from holdfast.model.secret import SecretRef


def resolve(reference: SecretRef, base: Path, environ: Mapping[str, str]) -> str | None:
    """Return the value of a reference, None where it is not set or empty here.

    `base` is what relative paths are relative to. One newline at the end of a file is not part of
    the value. A file that is there but cannot be read raises SecretError.
    """
    if reference.kind == "agent":
        return None  # an ssh-agent shows no keys
    try:
        if reference.kind == "env":
            value = os.fsencode(environ.get(reference.name, "")).decode()
        else:
            value = (base / home(reference.name, environ)).read_text(encoding="utf-8")
            value = value.removesuffix("\n")
    except FileNotFoundError:
        return None
    except OSError as error:
        raise SecretError(f"{reference}: cannot be read: {error.strerror}") from error
    except UnicodeDecodeError:
        raise SecretError(f"{reference}: is not UTF-8 text") from None  # which would show bytes
    return value or None


def home(path: str, environ: Mapping[str, str]) -> str:
    """Return a path with the home of who runs this for a leading `~`."""
    return environ.get("HOME", "~") + path[1:] if path.startswith("~/") else path


def public_half(reference: SecretRef, private: str) -> str:
    """Return the `ssh-ed25519 AAAA…` line of a private key; raises SecretError naming it."""
    from holdfast.transport.identity import KeyText  # noqa: PLC0415  # loads paramiko
    from holdfast.transport.privatekey import load  # noqa: PLC0415

    key = load(KeyText(str(reference), private))
    return f"{key.get_name()} {key.get_base64()}"
