"""The node's own Ed25519 key: made here and never leaving; it signs what this node makes.

One file in OpenSSH's format, whose head holds the public half unencrypted; so there are no two
files that could be of two keys.
"""

from __future__ import annotations

import binascii
import os

from holdfast.agent import regular
from holdfast.agent.failure import Malformed
from holdfast.agent.sshwire import Wire, string

TYPE_CHECKING = False  # typing's own would cost each read its import
if TYPE_CHECKING:
    from holdfast.agent.layout import Layout

KIND = "ssh-ed25519"
_BEGIN, _END = "-----BEGIN OPENSSH PRIVATE KEY-----", "-----END OPENSSH PRIVATE KEY-----"
_SIZE = 32


def find(layout: Layout) -> str | None:
    """Return the public key of this node, None if it has none; raise ValueError if damaged."""
    try:
        content = regular.read(layout.identity, "it")
    except (FileNotFoundError, NotADirectoryError):
        return None
    except Malformed as error:
        raise ValueError(str(error)) from None
    first, *body, last = content.decode("ascii").split("\n")[:-1] or ["", ""]
    if (first, last) != (_BEGIN, _END):
        raise ValueError("it is no private key in OpenSSH's format")
    wire = Wire(binascii.a2b_base64("".join(body)))
    wire.expect(b"openssh-key-v1\0")
    if wire.string() != b"none":
        raise ValueError("it asks for a passphrase")
    wire.string()  # key derivation and its options: none, as the cipher is
    wire.string()
    if wire.number() != 1:
        raise ValueError("it holds several keys")
    return text(raw(wire.string()))


def raw(blob: bytes) -> bytes:
    """Return the 32 bytes of a public key as it goes over the wire; raise ValueError otherwise."""
    wire = Wire(blob)
    wire.expect(string(KIND.encode()))
    key = wire.string()
    wire.end()
    if len(key) != _SIZE:
        raise ValueError("an Ed25519 key has %d bytes, not %d" % (_SIZE, len(key)))
    return key


def text(key: bytes) -> str:
    """Return the text of a public key, as authorized_keys holds it, without a comment."""
    return KIND + " " + binascii.b2a_base64(blob(key), newline=False).decode()


def blob(key: bytes) -> bytes:
    """Return a public key as it goes over the wire."""
    return string(KIND.encode()) + string(key)


def is_public(given: object) -> bool:
    """Tell whether something is the text of an Ed25519 public key and nothing more."""
    if not isinstance(given, str) or not given.startswith(KIND + " "):
        return False
    try:
        return given == text(raw(binascii.a2b_base64(given[len(KIND) + 1 :])))
    except ValueError:
        return False


def make(layout: Layout) -> None:
    """Make a new key; what an earlier one signed stays signed by that one."""
    import shutil  # noqa: PLC0415 - a read must not pay for it
    import tempfile  # noqa: PLC0415

    from holdfast.agent import atomic, sshkeygen  # noqa: PLC0415

    # Its name is one that the next apply sweeps away, should this one be killed.
    folder = tempfile.mkdtemp(suffix=".tmp", prefix=".holdfast.", dir=layout.etc)
    try:
        fresh = os.path.join(folder, "key")
        comment = "holdfast-" + layout.inventory
        sshkeygen.run("-q", "-t", "ed25519", "-N", "", "-C", comment, "-f", fresh)
        with open(fresh, "rb") as file:
            atomic.write(layout.identity, file.read(), 0o600)
    finally:
        shutil.rmtree(folder)


def fault(layout: Layout) -> str:
    """Return what is wrong with the key's file; nothing where only its owner can read it."""
    mode = os.lstat(layout.identity).st_mode & 0o7777
    return "others than its owner may read its file: mode %o" % mode if mode & 0o077 else ""
