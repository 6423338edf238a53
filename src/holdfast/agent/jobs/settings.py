"""What a run must know of its node: its inventory's ids, and how many jobs run at a time."""

from __future__ import annotations

import os
from typing import NamedTuple

from holdfast.agent import fields, names
from holdfast.agent.failure import Malformed
from holdfast.agent.layout import Layout

SLOTS = 2


class Settings(NamedTuple):
    """`/etc/holdfast/<id>/node.json` as far as runs need it."""

    owners: tuple[str, ...]
    slots: int


def load(layout: Layout) -> Settings:
    """Return the settings of one inventory on this node."""
    given = fields.load(os.path.join(layout.etc, "node.json"), "node.json of " + layout.inventory)
    if given is None:
        return Settings((layout.inventory,), SLOTS)
    former = given.texts("was") if "was" in given.document else ()
    if not all(map(names.is_inventory, former)):
        raise given.refusal("was", "a list of inventory ids")
    slots = given.whole("slots", 1) if "slots" in given.document else SLOTS
    return Settings((layout.inventory, *former), slots)


def slots(layout: Layout) -> int:
    """Return how many jobs may run at a time: the least that any inventory allows this node."""
    folder = os.path.dirname(layout.etc)
    allowed = []
    for inventory in filter(names.is_inventory, os.listdir(folder)):
        try:
            allowed.append(load(Layout(inventory, layout.root)).slots)
        except Malformed:
            allowed.append(1)  # one inventory's damage must neither stop nor crowd the others
    return min(allowed, default=SLOTS)
