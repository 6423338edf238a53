"""What is being sent into a chain: one record a definition, from the snapshot to the manifest.

Should the run be killed, the next one may destroy of what was received that alone, and whoever
adopts it tells of the guest's freeze what is told here.
"""

from __future__ import annotations

import contextlib
import os
from typing import TYPE_CHECKING, Iterator

from holdfast.agent import atomic, canonical, fields, names
from holdfast.agent.failure import Malformed
from holdfast.agent.freeze.around import FAILED, FROZEN, OFF
from holdfast.agent.layout import Layout

if TYPE_CHECKING:
    from holdfast.agent.definition import Definition
    from holdfast.agent.fields import Fields
    from holdfast.agent.zfs.snapshots import Snapshot

_MOST = 50  # names of runs that failed one after the other
_WHAT = "the record of what was being sent"


def begin(
    layout: Layout, definition: Definition, chain: str, snapshot: Snapshot, freeze: str
) -> None:
    """Put down, before a byte of it is sent, what goes into a chain and how freezing went.

    What was put down before and ended early stays known: its receive may outlive its run.
    """
    before = sorted(_names(_path(layout, definition), chain))[-_MOST:]
    document = {
        "chain": chain,
        "names": [*before, snapshot.name],
        "snapshot": snapshot.guid,
        "freeze": freeze,
    }
    atomic.write(_path(layout, definition), canonical.dumps(document) + "\n")


def end(layout: Layout, definition: Definition) -> None:
    """Take the record away: what it tells of is a backup now."""
    with contextlib.suppress(FileNotFoundError):
        os.unlink(_path(layout, definition))


def into(layout: Layout, chain: str) -> frozenset[str]:
    """Return the names of what runs that ended early were sending into a chain.

    Also those of other inventories: who asks holds the chain, so none of them is at work.
    """
    return frozenset(name for path in _all(layout) for name in _names(path, chain))


def _all(layout: Layout) -> Iterator[str]:
    top = os.path.dirname(layout.var)
    for inventory in filter(names.is_inventory, os.listdir(top) if os.path.isdir(top) else ()):
        folder = Layout(inventory, layout.root).underway
        # What was never put down whole stays for long: what it tells of may be a backup by now.
        for record in os.listdir(folder) if os.path.isdir(folder) else ():
            if not atomic.is_temporary(record):
                yield os.path.join(folder, record)


def freeze(layout: Layout, definition: Definition, guid: str) -> str:
    """Return how freezing went for a snapshot; what nobody can tell any more was not frozen."""
    unknown = OFF if definition.freeze == OFF else FAILED
    try:
        given = fields.load(_path(layout, definition), _WHAT)
        return unknown if given is None else _freeze(given, guid, unknown)
    except Malformed:
        return unknown


def _names(path: str, chain: str) -> tuple[str, ...]:
    try:
        given = fields.load(path, _WHAT)
        if given is not None and given.text("chain") == chain:
            return given.texts("names")
    except Malformed:
        pass  # what it told of stays where it is
    return ()


def _freeze(given: Fields, guid: str, unknown: str) -> str:
    if given.text("snapshot") != guid:
        return unknown
    return given.one_of("freeze", OFF, FROZEN, FAILED)


def _path(layout: Layout, definition: Definition) -> str:
    return os.path.join(layout.underway, definition.id + ".json")
