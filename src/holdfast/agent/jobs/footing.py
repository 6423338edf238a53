"""What the next backup of a dataset is sent since: never from the clear into raw, or the reverse.

A dataset that ZFS encrypts is sent raw, as it is; its backups can be read with its own key alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Sequence

from holdfast.agent.backups import samedisk
from holdfast.agent.failure import Failed
from holdfast.agent.zfs import datasets, features

if TYPE_CHECKING:
    from holdfast.agent.backups.listing import Backup
    from holdfast.agent.backups.manifest import Manifest
    from holdfast.agent.definition import Definition
    from holdfast.agent.sources.seam import Origin
    from holdfast.agent.zfs.snapshots import Snapshot

_NO_COMMON = "no snapshot of the source is one of the chain's"
_GONE = "no chain of this name holds its earlier backups"
_RAW_NOW = "the dataset is encrypted by ZFS now, so it is sent raw"


class Footing(NamedTuple):
    """The common snapshot; where there is none, why a new chain begins."""

    base: Snapshot | None
    why: str = ""


def find(
    newest: Snapshot | None, backups: Sequence[Backup], source: Origin, definition: Definition
) -> Footing:
    """Return what to send since, given the chain's newest snapshot.

    Raises Failed where nothing may be sent or received so.
    """
    if source.raw and not features.here().raw:
        raise Failed(
            "%s is encrypted by ZFS, and the ZFS of this node cannot receive it raw: "
            "install OpenZFS here, or back up as `type: file`" % definition.source.place
        )
    told = [each.manifest for each in backups if each.manifest is not None]
    guid = "" if newest is None else newest.guid
    of_newest = [each for each in told if each.snapshot == guid]
    before = samedisk.manifests(backups, definition.disk)
    base = next((each for each in source.snapshots() if each.guid == guid), None)
    # Without a common snapshot the newest may be that of another machine, which had this name.
    mine = of_newest if base is not None else [each for each in before if each.snapshot == guid]
    untold = None if of_newest else newest
    raw = any(each.raw for each in mine) if mine else _was_raw(untold, before, definition)
    refuse_clear(raw, source, definition)
    if newest is None:
        return Footing(None, _GONE if before else "")
    if not of_newest:
        return Footing(None, "no manifest tells what @%s is" % newest.name)
    if base is None:
        return Footing(None, _NO_COMMON)
    return Footing(None, _RAW_NOW) if source.raw and not raw else Footing(base)


def _was_raw(newest: Snapshot | None, before: Sequence[Manifest], definition: Definition) -> bool:
    """Tell whether a disk was sent raw so far, where no manifest tells it of the chain's newest.

    It was if it ever was: the way back is refused, and which was the last only a clock would say.
    """
    if before:
        return any(each.raw for each in before)
    if newest is None or not features.here().encrypts:
        return False
    # What lies encrypted where the storage itself does not came so.
    kinds = datasets.kinds(newest.dataset, definition.place)
    chain, parent = kinds.get(newest.dataset), kinds.get(definition.place)
    return bool(chain and parent and chain.is_encrypted and not parent.is_encrypted)


def refuse_clear(raw: bool, source: Origin, definition: Definition) -> None:  # noqa: FBT001 - what was
    """Raise Failed where backups were sent raw and the next one would be readable by anybody."""
    if raw and not source.raw:
        raise Failed(
            "%s is not encrypted by ZFS any more, and its backups so far are: the next one would "
            "lie in the storage in the clear. If that is meant, give the disk another number"
            % definition.source.place
        )
