"""What the next backup of a dataset is sent since: never from the clear into raw, or the reverse.

A dataset that ZFS encrypts is sent raw, as it is; its backups can be read with its own key alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Iterable, NamedTuple

from holdfast.agent.failure import Failed
from holdfast.agent.zfs import features

if TYPE_CHECKING:
    from holdfast.agent.backups.listing import Backup
    from holdfast.agent.definition import Definition
    from holdfast.agent.sources.seam import Origin
    from holdfast.agent.zfs.snapshots import Snapshot

_NO_COMMON = "no snapshot of the source is one of the chain's"
_RAW_NOW = "the dataset is encrypted by ZFS now, so it is sent raw"


class Footing(NamedTuple):
    """The common snapshot; where there is none, why a new chain begins."""

    base: Snapshot | None
    why: str = ""


def find(
    newest: Snapshot | None, backups: Iterable[Backup], source: Origin, definition: Definition
) -> Footing:
    """Return what to send since, given the chain's newest snapshot.

    Raises Failed where nothing may be sent or received so.
    """
    if source.raw and not features.here().raw:
        raise Failed(
            "%s is encrypted by ZFS, and the ZFS of this node cannot receive it raw: "
            "install OpenZFS here, or back up as `type: file`" % definition.source.place
        )
    if newest is None:
        return Footing(None)
    before = [each.manifest for each in backups if each.manifest is not None]
    raw = any(each.raw for each in before if each.snapshot == newest.guid)
    refuse_clear(raw, source, definition)
    if source.raw and not raw:
        return Footing(None, _RAW_NOW)
    base = next((each for each in source.snapshots() if each.guid == newest.guid), None)
    return Footing(base, "" if base else _NO_COMMON)


def refuse_clear(raw: bool, source: Origin, definition: Definition) -> None:  # noqa: FBT001 - what was
    """Raise Failed where backups were sent raw and the next one would be readable by anybody."""
    if raw and not source.raw:
        raise Failed(
            "%s is not encrypted by ZFS any more, and its backups so far are: the next one would "
            "lie in the storage in the clear. If that is meant, give the disk another number"
            % definition.source.place
        )
