"""Where backups are put, one file a store."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from holdfast.agent import fields
from holdfast.agent.failure import Failed

if TYPE_CHECKING:
    from holdfast.agent.definition import Definition
    from holdfast.agent.layout import Layout
    from holdfast.agent.stores.directory import Directory


def find(layout: Layout, definition: Definition, owners: tuple[str, ...]) -> Directory:
    """Return the store of a definition, its marker checked; `owners` are the inventory's ids."""
    name = definition.storage
    record = os.path.join(layout.storages, name + ".json")
    given = fields.load(record, "the record of storage " + name)
    if given is None:
        raise Failed("storage %s is not set up on this node: apply the inventory again" % name)
    kind, place = given.text("kind"), given.text("place")
    if place != definition.place:
        raise Failed("storage %s lies at %s, not at %s" % (name, place, definition.place))
    if kind != "directory":
        raise Failed("storage %s: this agent has no store of kind %s" % (name, kind))
    from holdfast.agent.stores.directory import Directory  # noqa: PLC0415 - one store a run

    return Directory(layout, definition, given.text("marker"), owners)
