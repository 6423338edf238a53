"""What the backups of a datacenter take up on this node. Must not: change anything.

A backup counts towards the datacenter that the definitions here put its source in. One whose source
no definition here names any more counts towards each: forgetting a definition frees no byte. What
is not there, a lost backup or a storage that cannot be seen, takes up nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Iterator, NamedTuple

from holdfast.agent import stores
from holdfast.agent.backups import listing, marker, stock
from holdfast.agent.failure import Failed
from holdfast.agent.jobs import settings
from holdfast.agent.kinds import storage

if TYPE_CHECKING:
    from holdfast.agent.backups.manifest import Manifest
    from holdfast.agent.definition import Definition
    from holdfast.agent.setup.survey import Survey


class Usage(NamedTuple):
    """How many backups there are, and their stored bytes."""

    backups: int
    bytes: int


def of_datacenter(survey: Survey, datacenter: str) -> Usage:
    """Return what lies here of a datacenter, on every storage of the inventory that can be seen."""
    known, _ = stock.promised(survey)
    elsewhere = {
        _source(wanted.id)
        for wanted in known
        if wanted.limit is None or wanted.limit.datacenter != datacenter
    }
    sizes = [size(m) for m in _manifests(survey) if _source(m.definition) not in elsewhere]
    return Usage(len(sizes), sum(sizes))


def refuse_full(survey: Survey, definition: Definition) -> None:
    """Raise Failed where a backup as large as the latest one would exceed the limit."""
    if definition.limit is None:
        return
    datacenter, most = definition.limit
    taken = of_datacenter(survey, datacenter)
    coming = _latest(survey, definition)
    if taken.bytes + max(coming, 1) <= most:
        return
    raise Failed(
        "datacenter %s may take up %d bytes: its %d backups on this node take up %d, and the "
        "latest of %s took %d; delete some, keep fewer, or raise total_size"
        % (datacenter, most, taken.backups, taken.bytes, definition.id, coming)
    )


def _latest(survey: Survey, definition: Definition) -> int:
    """Return the size of a definition's latest backup; how large a first one gets nobody knows."""
    own = [backup.manifest for backup in stock.own(survey.layout, definition) if backup.manifest]
    return size(max(own, key=lambda told: told.sequence)) if own else 0


def size(manifest: Manifest) -> int:
    """Return the bytes that a backup takes up: its files, or the stream that was received."""
    return sum(part.size for part in manifest.files.values()) or manifest.stored.size


def _manifests(survey: Survey) -> Iterator[Manifest]:
    owners = settings.load(survey.layout).owners
    for attributes in storage.read(survey)[0].values():
        if not isinstance(attributes, dict) or attributes.get("marker") != marker.OK:
            continue
        try:
            kind, place = str(attributes["kind"]), str(attributes["place"])
            there = stores.backups(survey.layout, kind, place)
        except Failed:  # as of a dataset that went away meanwhile
            continue
        for backup in there:
            told = backup.manifest
            if told is not None and told.inventory in owners and backup.status != listing.LOST:
                yield told


def _source(identity: str) -> str:
    """Return the server or LoadMaster of an ID: web01 of daily@web01:1."""
    return identity.partition("@")[2].partition(":")[0]
