"""The pinned SSH host key of a node, as `ssh-keyscan` prints it: type and base64."""

from __future__ import annotations

import base64
import binascii
from typing import Annotated

from holdfast.model.scalar import Written, quote
from holdfast.model.wrong import Wrong

_TYPES = (
    "ssh-ed25519",
    "ecdsa-sha2-nistp256",
    "ecdsa-sha2-nistp384",
    "ecdsa-sha2-nistp521",
    "ssh-rsa",
)
_HINT = 'such as "ssh-ed25519 AAAA…", from ssh-keyscan or /etc/ssh/ssh_host_*_key.pub'
_ED25519_SIZE = 4 + len("ssh-ed25519") + 4 + 32


def host_key(text: str) -> str:
    """Return `TYPE BASE64` of a public key whose bytes are of that type; a comment is dropped."""
    if "PRIVATE KEY" in text:
        raise Wrong("is a private key", _HINT)
    parts = text.split()
    if len(parts) < 2 or parts[0] not in _TYPES:  # noqa: PLR2004 - type and key
        raise Wrong(f"{quote(text)} is not a public host key", _HINT)
    kind, encoded = parts[:2]
    try:
        blob = base64.b64decode(encoded, validate=True)
    except binascii.Error:
        raise Wrong(f"the {kind} key is not base64", _HINT) from None
    # RFC 4253, 6.6: the blob begins with its own type, length first.
    if not blob.startswith(len(kind).to_bytes(4, "big") + kind.encode()):
        raise Wrong(f"the key is not of type {kind}", _HINT)
    if kind == "ssh-ed25519" and len(blob) != _ED25519_SIZE:
        raise Wrong("the ssh-ed25519 key is cut short or too long", _HINT)
    return f"{kind} {encoded}"


HostKey = Annotated[
    str, Written(host_key, {"type": "string", "pattern": f"^({'|'.join(_TYPES)}) [A-Za-z0-9+/]+=*"})
]
