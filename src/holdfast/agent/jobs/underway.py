"""What is being sent into a chain: one record a chain, from the snapshot to the manifest.

Should the run be killed, the next one into that chain, whose definition's it may be, destroys of
what was received that alone; and whoever adopts it tells of the guest's freeze what is told here.
"""

from __future__ import annotations

import contextlib
import os
from typing import TYPE_CHECKING

from holdfast.agent import atomic, canonical, fields, names
from holdfast.agent.failure import Malformed
from holdfast.agent.freeze.around import FAILED, FROZEN, OFF
from holdfast.agent.layout import Layout

if TYPE_CHECKING:
    from holdfast.agent.fields import Fields
    from holdfast.agent.zfs.snapshots import Snapshot

_MOST = 50  # names of runs that failed one after the other
_WHAT = "the record of what was being sent"


def begin(layout: Layout, chain: str, snapshot: Snapshot, freeze: str) -> None:
    """Put down, before a byte of it is sent, what goes into a chain and how freezing went.

    What was put down before and ended early stays known: its receive may outlive its run.
    """
    path = _path(layout, chain)
    document = {
        "chain": chain,
        "names": [*sorted(_names(path))[-_MOST:], snapshot.name],
        "snapshot": snapshot.guid,
        "freeze": freeze,
    }
    atomic.write(path, canonical.dumps(document) + "\n")


def end(layout: Layout, chain: str) -> None:
    """Take the record away: what it tells of is a backup now, or was destroyed."""
    with contextlib.suppress(FileNotFoundError):
        os.unlink(_path(layout, chain))


def into(layout: Layout, chain: str) -> frozenset[str]:
    """Return the names of what runs that ended early were sending into a chain.

    Also those of other inventories: who asks holds the chain, so none of them is at work.
    """
    top = os.path.dirname(layout.var)
    inventories = filter(names.is_inventory, os.listdir(top) if os.path.isdir(top) else ())
    paths = (_path(Layout(inventory, layout.root), chain) for inventory in inventories)
    return frozenset(name for path in paths for name in _names(path))


def freeze(layout: Layout, chain: str, guid: str, asked: str) -> str:
    """Return how freezing went for a snapshot; what nobody can tell any more was not frozen."""
    unknown = OFF if asked == OFF else FAILED
    try:
        given = fields.load(_path(layout, chain), _WHAT)
        return unknown if given is None else _freeze(given, guid, unknown)
    except Malformed:
        return unknown


def _names(path: str) -> tuple[str, ...]:
    try:
        given = fields.load(path, _WHAT)
        return () if given is None else given.texts("names")
    except Malformed:
        return ()  # what it told of stays where it is


def _freeze(given: Fields, guid: str, unknown: str) -> str:
    if given.text("snapshot") != guid:
        return unknown
    return given.one_of("freeze", OFF, FROZEN, FAILED)


def _path(layout: Layout, chain: str) -> str:
    return os.path.join(layout.underway, canonical.digest([chain])[:32] + ".json")
