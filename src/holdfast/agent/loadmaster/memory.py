"""What a node remembers of a device from one session to the next: which API it has."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

from holdfast.agent import atomic, canonical, fields
from holdfast.agent.failure import Malformed

if TYPE_CHECKING:
    from holdfast.agent.layout import Layout
    from holdfast.agent.loadmaster.target import Target


class Memory(NamedTuple):
    """The API that answered, the firmware then, and the certificate served then."""

    address: str
    interface: str
    firmware: str
    sha256: str


def recall(layout: Layout, target: Target) -> Memory | None:
    """Return what is remembered of the device at this address; None for nothing of use."""
    try:
        found = fields.load(_path(layout, target.name), "what is known of " + target.name)
        if found is None:
            return None
        memory = Memory(*(found.text(field) for field in Memory._fields))
    except Malformed:
        return None  # it is found out again
    return memory if memory.address == target.address else None


def keep(layout: Layout, target: Target, memory: Memory) -> None:
    """Remember it."""
    if recall(layout, target) != memory:
        atomic.write(_path(layout, target.name), canonical.dumps(memory._asdict()) + "\n")


def forget(layout: Layout, name: str) -> None:
    """Remember nothing of a device: the next session finds out anew."""
    atomic.remove(_path(layout, name))


def _path(layout: Layout, name: str) -> str:
    return os.path.join(layout.var, "loadmasters", name + ".json")
