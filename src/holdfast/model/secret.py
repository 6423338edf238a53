"""SecretRef: where a secret is found. Must not: resolve it, nor repeat what stands in its place."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Annotated, Literal

from holdfast.model.scalar import Written
from holdfast.model.wrong import Wrong

_REFERENCE = re.compile(r"env/(?P<env>[A-Za-z_][A-Za-z0-9_]*)|file/(?P<file>\S(?:.*\S)?)")


@dataclass(frozen=True, slots=True)
class SecretRef:
    """A reference to a secret: env/NAME, file/PATH, or (for SSH identities alone) agent."""

    kind: Literal["env", "file", "agent"]
    name: str

    def __str__(self) -> str:
        return f"{self.kind}/{self.name}" if self.name else self.kind


def secret(text: str) -> SecretRef:
    """Return the reference that text is; it may be the secret itself, so no message repeats it."""
    match = _REFERENCE.fullmatch(text)
    if match is None or not text.isprintable():
        raise Wrong("is not a secret reference", "env/NAME or file/PATH, never the secret itself")
    if match["env"] is not None:
        return SecretRef("env", match["env"])
    return SecretRef("file", match["file"])


def identity(text: str) -> SecretRef:
    """Return where an SSH key is: a secret reference, or the running ssh-agent."""
    if text == "agent":
        return SecretRef("agent", "")
    try:
        return secret(text)
    except Wrong as wrong:
        raise Wrong("is not a key reference", "env/NAME, file/PATH or agent") from wrong


_SECRET_SCHEMA = {"type": "string", "pattern": r"^(env/[A-Za-z_][A-Za-z0-9_]*|file/.+)$"}
_IDENTITY_SCHEMA = {
    "type": "string",
    "pattern": r"^(env/[A-Za-z_][A-Za-z0-9_]*|file/.+|agent)$",
}

Secret = Annotated[SecretRef, Written(secret, _SECRET_SCHEMA)]
KeyRef = Annotated[SecretRef, Written(identity, _IDENTITY_SCHEMA)]
