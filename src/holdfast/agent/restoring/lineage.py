"""What was received for a restore: proven by GUID, and kept where the next backup builds on it.

That is where the promise that made the backup is still of the dataset restored to: a snapshot under
its keeper's marks is its next run's base, or goes with that run. Elsewhere it is of no use.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

from holdfast.agent import definition as definitions
from holdfast.agent import fields, names
from holdfast.agent.acts import received
from holdfast.agent.backups import bases, listing
from holdfast.agent.failure import Failed, Malformed
from holdfast.agent.zfs import command, snapshots

if TYPE_CHECKING:
    from holdfast.agent.acts.shelf import Found
    from holdfast.agent.definition import Definition
    from holdfast.agent.zfs.snapshots import Snapshot


class Line(NamedTuple):
    """The snapshots that come, by GUID where it is known, and under whose marks the first stays."""

    guids: tuple[str | None, ...]
    inventory: str
    keeper: str  # nothing where nobody would look for it
    disk: str  # the GUID that backups of the disk tell; nothing where none is known


def settle(line: Line, came: list[Snapshot]) -> None:
    """Keep or destroy what came; raise Failed where that is not what was backed up."""
    if len(came) != len(line.guids) or any(
        wanted not in (None, each.guid) for wanted, each in zip(line.guids, came)
    ):
        raise Failed("what came is not what was backed up: its snapshots have other GUIDs")
    # A file's increments are all against its base, which came first; a snapshot stands alone.
    bases_ = {each.dataset: each for each in reversed(came)} if line.keeper else {}
    for each in came:
        if each in bases_.values():
            snapshots.keep(each, line.inventory, line.keeper)
        else:
            command.run("destroy", each.path)


def keeper(base: Found, node: str | None, dataset: str) -> str:
    """Return whose base the first snapshot can be on a dataset, nothing where nobody would look.

    `node` is where the dataset is; None where it is here.
    """
    try:
        known = _maker(base)
        if known is None or (known.source.place, known.peer) != (dataset, node):
            return ""
        if known.storage != base.storage:
            return ""
        if not base.parent:
            return known.id if known.base_every > 1 else ""
        record = os.path.join(base.layout.storages, base.storage + ".json")
        given = fields.load(record, "the record of storage " + base.storage)
        return "" if given is None else given.text("marker")
    except Malformed:
        return ""  # its damage is told by every plan, and no reason not to restore


def is_newest(base: Found) -> bool:
    """Tell whether the next increment would be against just this backup."""
    if base.parent:
        return received.is_newest(base)
    beside = listing.in_folder(base.place, base.folder)
    return not any(
        other.manifest is not None
        and other.manifest.kind == bases.FULL
        and other.manifest.definition == base.manifest.definition
        and other.manifest.sequence > base.manifest.sequence
        for other in beside
    )


def _maker(found: Found) -> Definition | None:
    """Return the definition that made a backup, as it is today."""
    identity = found.manifest.definition
    return definitions.load(found.layout, identity) if names.is_id(identity) else None
