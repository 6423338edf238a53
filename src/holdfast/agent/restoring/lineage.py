"""What the next backup can build on after a restore: the snapshot that was restored, if it is kept.

It is kept where the promise that made the backup is still of the dataset restored to, under its
keeper's marks, so that its next run takes it as base or lets it go; elsewhere it is of no use.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from holdfast.agent import definition as definitions
from holdfast.agent import fields, names
from holdfast.agent.acts import received
from holdfast.agent.failure import Malformed
from holdfast.agent.zfs import command, snapshots

if TYPE_CHECKING:
    from holdfast.agent.acts.shelf import Found
    from holdfast.agent.zfs.snapshots import Snapshot


def settle(found: Found, dataset: str, there: list[Snapshot]) -> bool:
    """Mark or destroy what was received; tell whether the next backup goes on from it."""
    *older, newest = there
    for snapshot in older:
        command.run("destroy", snapshot.path)
    keeper = _keeper(found, dataset)
    if not keeper:
        command.run("destroy", newest.path)
        return False
    snapshots.keep(newest, found.layout.inventory, keeper)
    return bool(found.parent) and received.is_newest(found)


def _keeper(found: Found, dataset: str) -> str:
    """Return whose base the restored snapshot can be; nothing where nobody would look for it."""
    identity = found.manifest.definition
    try:
        known = definitions.load(found.layout, identity) if names.is_id(identity) else None
        if known is None or known.source.place != dataset or known.storage != found.storage:
            return ""
        if known.type != "dataset":
            return known.id
        record = os.path.join(found.layout.storages, found.storage + ".json")
        given = fields.load(record, "the record of storage " + found.storage)
        return "" if given is None else given.text("marker")
    except Malformed:
        return ""  # its damage is told by every plan, and no reason not to restore
