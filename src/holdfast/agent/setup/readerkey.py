"""The key that may only read: a line of ours in the authorized_keys of the user that we run as."""

from __future__ import annotations

from holdfast.agent.setup import authorized, peerkey

TYPE_CHECKING = False  # typing's own would cost each read its import
if TYPE_CHECKING:
    from holdfast.agent.layout import Layout


_OPTIONS = 'restrict,command="/opt/holdfast/holdfast-agent rpc --read-only"'
_OPEN = 'permitopen="'
_HOST = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-_:[]%")


def find(layout: Layout) -> dict[str, object] | None:
    """Return the key and what it may forward to; None without one.

    Where it is not as we write it, all that stands in our block and is no peer's stands as the key.
    """
    lines = _own(layout)
    if not lines:
        return None
    *options, kind, body, _ = ["", "", "", *lines[0].split(" ")] if len(lines) == 1 else [""] * 3
    key, forwards = kind + " " + body, _forwards(" ".join(options))
    if authorized.is_key(key) and lines[0] == _line(layout, key, forwards):
        return {"key": key, "forwards": forwards}
    return {"key": authorized.shown(lines), "forwards": []}


def is_place(text: str) -> bool:
    """Tell whether text is HOST:PORT and nothing that would end an option."""
    host, colon, port = text.rpartition(":")
    return bool(host and colon) and port.isdigit() and _HOST.issuperset(host)


def put(layout: Layout, key: str, forwards: list[str]) -> None:
    """Let this key read, and no other of ours; `forwards` are the HOST:PORT behind this node."""
    authorized.put(layout, (_line(layout, key, forwards), *peerkey.lines(layout)))


def remove(layout: Layout) -> None:
    """Let no reading key of ours in any more."""
    authorized.put(layout, peerkey.lines(layout))


def rename(before: Layout, after: Layout) -> None:
    """Give the line of a former id to the new one."""
    found = find(before)
    if found is not None and authorized.is_key(str(found["key"])):
        forwards = found["forwards"]
        put(after, str(found["key"]), forwards if isinstance(forwards, list) else [])
        remove(before)


def _own(layout: Layout) -> tuple[str, ...]:
    lines = authorized.find(layout)
    return tuple(line for line in lines if not peerkey.is_line(layout, line))


def _line(layout: Layout, key: str, forwards: list[str]) -> str:
    options = _OPTIONS
    if forwards:  # a jump host: the key gets through to these and to nothing else
        options += ",port-forwarding" + "".join(',%s%s"' % (_OPEN, place) for place in forwards)
    return "%s %s holdfast-%s" % (options, key, layout.inventory)


def _forwards(options: str) -> list[str]:
    return [word[len(_OPEN) : -1] for word in options.split(",") if word.startswith(_OPEN)]
