"""The key that may only read: a block of ours in the authorized_keys of the user that we run as."""

from __future__ import annotations

import os

TYPE_CHECKING = False  # typing's own would cost each read its import
if TYPE_CHECKING:
    from holdfast.agent.layout import Layout
    from holdfast.agent.ownedblock import Split


_OPTIONS = 'restrict,command="/opt/holdfast/holdfast-agent rpc --read-only"'
_BYTES = "surrogateescape"  # text of others comes back byte for byte
_KEY_TYPES = (
    "ssh-ed25519",
    "ecdsa-sha2-nistp256",
    "ecdsa-sha2-nistp384",
    "ecdsa-sha2-nistp521",
    "ssh-rsa",
)
_OPEN = 'permitopen="'
_HOST = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-_:[]%")
_BASE64 = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=")


def path(layout: Layout) -> str:
    """Return where the keys of our user lie; under another root, those of its root user."""
    if layout.root != "/":
        return layout.under("/root/.ssh/authorized_keys")
    import pwd  # noqa: PLC0415 - only the real root asks

    home = pwd.getpwuid(os.geteuid()).pw_dir
    return os.path.realpath(os.path.join(home, ".ssh", "authorized_keys"))


def find(layout: Layout) -> dict[str, object] | None:
    """Return the key and what it may forward to; None without a block.

    Where the block is not as we write it, all of it stands as the key.
    """
    text = _read(layout)
    if "holdfast-" + layout.inventory not in text:
        return None
    lines = _split(layout, text).lines
    if lines is None:
        return None
    *options, kind, body, _ = ["", "", "", *lines[0].split(" ")] if len(lines) == 1 else [""] * 3
    key, forwards = kind + " " + body, _forwards(" ".join(options))
    if is_key(key) and lines[0] == _line(layout, key, forwards):
        return {"key": key, "forwards": forwards}
    whole = "\n".join(lines).encode(errors=_BYTES).decode(errors="replace")
    return {"key": whole, "forwards": []}


def is_key(text: str) -> bool:
    """Tell whether text is a public key and nothing more: it goes where it lets people in."""
    kind, space, body = text.partition(" ")
    return kind in _KEY_TYPES and bool(space) and bool(body) and _BASE64.issuperset(body)


def is_place(text: str) -> bool:
    """Tell whether text is HOST:PORT and nothing that would end an option."""
    host, colon, port = text.rpartition(":")
    return bool(host and colon) and port.isdigit() and _HOST.issuperset(host)


def put(layout: Layout, key: str, forwards: list[str]) -> None:
    """Let this key read, and no other of ours; `forwards` are the HOST:PORT behind this node."""
    _replace(layout, (_line(layout, key, forwards),))


def remove(layout: Layout) -> None:
    """Let no key of ours in any more."""
    _replace(layout, None)


def rename(before: Layout, after: Layout) -> None:
    """Give the block of a former id to the new one."""
    found = find(before)
    if found is not None and is_key(str(found["key"])):
        forwards = found["forwards"]
        put(after, str(found["key"]), forwards if isinstance(forwards, list) else [])
        remove(before)


def _line(layout: Layout, key: str, forwards: list[str]) -> str:
    options = _OPTIONS
    if forwards:  # a jump host: the key gets through to these and to nothing else
        options += ",port-forwarding" + "".join(',%s%s"' % (_OPEN, place) for place in forwards)
    return "%s %s holdfast-%s" % (options, key, layout.inventory)


def _forwards(options: str) -> list[str]:
    return [word[len(_OPEN) : -1] for word in options.split(",") if word.startswith(_OPEN)]


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


def _replace(layout: Layout, lines: tuple[str, ...] | None) -> None:
    from holdfast.agent import atomic, ownedblock  # noqa: PLC0415 - a read must not pay for it

    before = _read(layout)
    split = _split(layout, before)
    after = ownedblock.join_block(split._replace(lines=lines), layout.inventory)
    if after == before:
        return
    file = path(layout)
    if not os.path.isdir(os.path.dirname(file)):
        os.makedirs(os.path.dirname(file), mode=0o700)
    mode = os.stat(file).st_mode & 0o7777 if os.path.exists(file) else 0o600
    atomic.write(file, after.encode(errors=_BYTES), mode)
