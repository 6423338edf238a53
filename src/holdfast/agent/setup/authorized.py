"""Our block in the authorized_keys of the user that we run as: who may come in, and for what.

Must not: touch a byte outside the block.
"""

from __future__ import annotations

import os

TYPE_CHECKING = False  # typing's own would cost each read its import
if TYPE_CHECKING:
    from holdfast.agent.layout import Layout
    from holdfast.agent.ownedblock import Split


_BYTES = "surrogateescape"  # text of others comes back byte for byte
_KEY_TYPES = (
    "ssh-ed25519",
    "ecdsa-sha2-nistp256",
    "ecdsa-sha2-nistp384",
    "ecdsa-sha2-nistp521",
    "ssh-rsa",
)
_BASE64 = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=")


def path(layout: Layout) -> str:
    """Return where the keys of our user lie; under another root, those of its root user."""
    if layout.root != "/":
        return layout.under("/root/.ssh/authorized_keys")
    import pwd  # noqa: PLC0415 - only the real root asks

    home = pwd.getpwuid(os.geteuid()).pw_dir
    return os.path.realpath(os.path.join(home, ".ssh", "authorized_keys"))


def find(layout: Layout) -> tuple[str, ...]:
    """Return the lines of our block, none without one; raise Failed for half a block."""
    text = _read(layout)
    if "holdfast-" + layout.inventory not in text:
        return ()
    return _split(layout, text).lines or ()


def put(layout: Layout, lines: tuple[str, ...]) -> None:
    """Make these the lines of our block; with none of them it goes."""
    from holdfast.agent import atomic, ownedblock  # noqa: PLC0415 - a read must not pay for it

    before = _read(layout)
    split = _split(layout, before)
    after = ownedblock.join_block(split._replace(lines=lines or None), layout.inventory)
    if after == before:
        return
    file = path(layout)
    if not os.path.isdir(os.path.dirname(file)):
        os.makedirs(os.path.dirname(file), mode=0o700)
    mode = os.stat(file).st_mode & 0o7777 if os.path.exists(file) else 0o600
    atomic.write(file, after.encode(errors=_BYTES), mode)


def is_key(text: str) -> bool:
    """Tell whether text is a public key and nothing more: it goes where it lets people in."""
    kind, space, body = text.partition(" ")
    return kind in _KEY_TYPES and bool(space) and bool(body) and _BASE64.issuperset(body)


def shown(lines: tuple[str, ...]) -> str:
    """Return lines as an answer can hold them."""
    return "\n".join(lines).encode(errors=_BYTES).decode(errors="replace")


def _split(layout: Layout, text: str) -> Split:
    """Return the block and what is around it; raise Failed for half a block."""
    from holdfast.agent import ownedblock  # noqa: PLC0415 - only where there may be a block
    from holdfast.agent.failure import Failed  # noqa: PLC0415

    try:
        return ownedblock.split_block(text, layout.inventory)
    except ownedblock.BrokenBlock as error:
        raise Failed("%s: %s" % (path(layout), error)) from error


def _read(layout: Layout) -> str:
    try:
        with open(path(layout), "rb") as file:
            return file.read().decode(errors=_BYTES)
    except FileNotFoundError:
        return ""
