"""What was received for a restore: proven by GUID, and kept where the next backup builds on it.

That is where the promise that made the backup is still of the dataset restored to: a snapshot under
its keeper's marks is its next run's base, or goes with that run. Elsewhere it is of no use.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from holdfast.agent import definition as definitions
from holdfast.agent import fields, names
from holdfast.agent.acts import received
from holdfast.agent.backups import bases, listing
from holdfast.agent.failure import Failed, Malformed
from holdfast.agent.zfs import command, snapshots

if TYPE_CHECKING:
    from holdfast.agent.acts.shelf import Found
    from holdfast.agent.definition import Definition
    from holdfast.agent.restoring.origin import Part
    from holdfast.agent.zfs.snapshots import Snapshot


def settle(parts: list[Part], dataset: str, came: list[Snapshot]) -> bool:
    """Keep or destroy the snapshots that came, one a part; tell whether the next backup needs one.

    Raises Failed where they are not those that were backed up.
    """
    prove(dataset, guids(parts), came)
    base = parts[0].found
    return keep(came, base.layout.inventory, keeper(base, dataset, None)) and is_newest(base)


def guids(parts: list[Part]) -> list[str | None]:
    """Return the GUIDs of the snapshots that parts bring; None where one is not known."""
    return [part.found.manifest.snapshot for part in parts]


def prove(dataset: str, wanted: list[str | None], came: list[Snapshot]) -> None:
    """Raise Failed where the snapshots that came are not those that were backed up."""
    if len(came) != len(wanted) or any(
        guid not in (None, each.guid) for guid, each in zip(wanted, came)
    ):
        raise Failed("what came for %s is not what was backed up" % dataset)


def keep(came: list[Snapshot], inventory: str, holder: str) -> bool:
    """Keep the first of the snapshots for a keeper, if there is one; destroy the others."""
    # A file's increments are all against its base; a snapshot stands alone.
    if holder:
        snapshots.keep(came[0], inventory, holder)
    for each in came[1:] if holder else came:
        command.run("destroy", each.path)
    return bool(holder)


def is_newest(base: Found) -> bool:
    """Tell whether the next backup would build on just this one."""
    return received.is_newest(base) if base.parent else _is_newest(base)


def keeper(found: Found, dataset: str, node: str | None) -> str:
    """Return whose base the first snapshot can be; nothing where nobody would look for it.

    `node` is where the dataset is; None where it is here.
    """
    try:
        known = _maker(found)
        if known is None or (known.source.place, known.peer) != (dataset, node):
            return ""
        if known.storage != found.storage:
            return ""
        if not found.parent:
            return known.id if known.base_every > 1 else ""
        record = os.path.join(found.layout.storages, found.storage + ".json")
        given = fields.load(record, "the record of storage " + found.storage)
        return "" if given is None else given.text("marker")
    except Malformed:
        return ""  # its damage is told by every plan, and no reason not to restore


def _maker(found: Found) -> Definition | None:
    """Return the definition that made a backup, as it is today."""
    identity = found.manifest.definition
    return definitions.load(found.layout, identity) if names.is_id(identity) else None


def _is_newest(base: Found) -> bool:
    """Tell whether the next increment would be against just this base."""
    beside = listing.in_folder(base.place, base.folder)
    return not any(
        other.manifest is not None
        and other.manifest.kind == bases.FULL
        and other.manifest.definition == base.manifest.definition
        and other.manifest.sequence > base.manifest.sequence
        for other in beside
    )
