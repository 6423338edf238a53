"""Tickets: each lets one node deliver one restore to one place here, once, and not for long.

A restore puts it there, by the key that may change things; the node that holds the backup shows it.
"""

from __future__ import annotations

import os
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, NamedTuple

from holdfast.agent import atomic, canonical, fields, names, timestamp
from holdfast.agent.failure import Failed, Malformed
from holdfast.agent.restoring.goal import Goal

if TYPE_CHECKING:
    from holdfast.agent.fields import Fields
    from holdfast.agent.layout import Layout

_JSON = ".json"
_SIZE = 32  # hexadecimal digits
_HEX = frozenset("0123456789abcdef")
_LONGEST = 24 * 3600


class Ticket(NamedTuple):
    """What may be delivered: by whom, to where, at most how many bytes, until when."""

    peer: str
    goal: Goal
    size: int
    expires: datetime

    @classmethod
    def from_fields(cls, given: Fields) -> Ticket:
        """Return the ticket that a document is."""
        if not names.is_name(given.text("peer")):
            raise given.refusal("peer", "the name of a node")
        try:
            expires = timestamp.from_text(given.text("expires"))
        except ValueError:
            raise given.refusal("expires", "an instant") from None
        goal = Goal.from_fields(given.inner("goal"))
        return cls(given.text("peer"), goal, given.whole("size"), expires)


def issue(layout: Layout, given: Fields) -> str:
    """Put a ticket down for `seconds`, and return what shows it; expired ones go."""
    seconds = given.whole("seconds", 1)
    if seconds > _LONGEST:
        raise given.refusal("seconds", "at most %d" % _LONGEST)
    _remove_expired(layout)
    document = {
        "peer": given.text("peer"),
        "goal": given.inner("goal").document,
        "size": given.whole("size"),
        "expires": timestamp.to_text(_now() + timedelta(seconds=seconds)),
    }
    Ticket.from_fields(fields.Fields(document, "the ticket"))
    shown = os.urandom(_SIZE // 2).hex()
    atomic.write(_path(layout, shown), canonical.dumps(document) + "\n", 0o600)
    return shown


def take(layout: Layout, peer: str, shown: str) -> Ticket:
    """Return the ticket that a peer shows, which is used up by that; raise Failed for none."""
    given = _find(layout, peer, shown)
    if given is None or not _remove(layout, shown):  # another session may have been faster
        raise Failed("node %s shows no ticket that holds: restore again" % peer)
    ticket = Ticket.from_fields(given)
    if ticket.expires <= _now():
        raise Failed("the ticket of node %s has expired: restore again" % peer)
    return ticket


def withdraw(layout: Layout, peer: str, shown: str) -> None:
    """Take a ticket of a peer away, if it is still there."""
    if _find(layout, peer, shown) is not None:
        _remove(layout, shown)


def any_of(layout: Layout, peer: str) -> bool:
    """Tell whether a peer may still deliver something."""
    _remove_expired(layout)
    return any(_find(layout, peer, name[: -len(_JSON)]) for name in _names(layout))


def _find(layout: Layout, peer: str, shown: str) -> Fields | None:
    if len(shown) != _SIZE or not _HEX.issuperset(shown):
        return None
    given = fields.load(_path(layout, shown), "the ticket")
    return given if given is not None and given.document.get("peer") == peer else None


def _remove(layout: Layout, shown: str) -> bool:
    path = _path(layout, shown)
    try:
        os.unlink(path)
    except FileNotFoundError:
        return False
    atomic.sync_folder(os.path.dirname(path))
    return True


def _names(layout: Layout) -> list[str]:
    try:
        return sorted(os.listdir(layout.tickets))
    except FileNotFoundError:
        return []


def _remove_expired(layout: Layout) -> None:
    for name in _names(layout):
        path = os.path.join(layout.tickets, name)
        try:
            given = fields.load(path, "the ticket")
            old = given is not None and Ticket.from_fields(given).expires <= _now()
        except Malformed:
            old = True
        if old:
            atomic.remove(path)


def _path(layout: Layout, shown: str) -> str:
    return os.path.join(layout.tickets, shown + _JSON)


def _now() -> datetime:
    return datetime.now(timezone.utc)
