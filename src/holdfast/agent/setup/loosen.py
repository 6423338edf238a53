"""Lets go of the snapshots held as bases that no backup here is made against any more.

A hold that outlived its definition would keep space for ever. What was backed up stays; whoever
backs the dataset up again begins with all of it.
"""

from __future__ import annotations

import contextlib
import os
from typing import TYPE_CHECKING, AbstractSet, Iterable, Iterator, Mapping

from holdfast.agent import fields, locks
from holdfast.agent.definition import Source
from holdfast.agent.failure import Failed, Malformed
from holdfast.agent.fields import Fields
from holdfast.agent.jobs import claims, settings

if TYPE_CHECKING:
    from holdfast.agent.layout import Layout
    from holdfast.agent.zfs.snapshots import Snapshot


def sources(definitions: Iterable[object]) -> frozenset[Source]:
    """Return the datasets of this node that definitions, or grants to peers, read."""
    found = set()
    for attributes in definitions:
        if not isinstance(attributes, dict) or "source" not in attributes:
            continue  # damaged: it tells of none
        try:
            source = Source.from_fields(Fields(attributes["source"], "a definition's source"))
        except Malformed:
            continue
        if source.kind == "dataset" and attributes.get("peer") is None:
            found.add(source)
    return frozenset(found)


def granted(layout: Layout, *left_out: str) -> frozenset[Source]:
    """Return the datasets that peers read, but for those of some."""
    found: frozenset[Source] = frozenset()
    names = os.listdir(layout.peers) if os.path.isdir(layout.peers) else []
    for name in sorted(names):
        if name.endswith(".json") and name[: -len(".json")] not in left_out:
            given = fields.load(os.path.join(layout.peers, name), "what a peer may do")
            if given is not None:
                found |= sources(given.inner("definitions").document.values())
    return found


def loosen(layout: Layout, before: AbstractSet[Source], after: AbstractSet[Source]) -> None:
    """Release and destroy what was held on datasets that are read no longer.

    Raises Failed while one is being backed up: nothing of it was let go then.
    """
    for source in sorted(before - after):
        with _alone(layout, source):
            for snapshot in _ours(layout, source):
                if not any(_covers(other, snapshot) for other in after):
                    _drop(snapshot)


def keepers(layout: Layout, definitions: Mapping[str, object]) -> frozenset[tuple[Source, str]]:
    """Return under which names definitions of this node hold bases, and on which datasets."""
    found = set()
    for identity, attributes in definitions.items():
        for source in sources((attributes,)):
            with contextlib.suppress(Malformed):  # damaged: it tells of none
                given = Fields(attributes, "definition " + identity)
                found |= {(source, name) for name in _names(layout, identity, given)}
    return frozenset(found)


def _names(layout: Layout, identity: str, given: Fields) -> tuple[str, ...]:
    if given.text("type") != "dataset":
        return (identity, *given.texts("was"))
    record = os.path.join(layout.storages, given.text("storage") + ".json")
    storage = fields.load(record, "the record of a storage")
    return () if storage is None else (storage.text("marker"),)


def let_go(
    layout: Layout, before: AbstractSet[tuple[Source, str]], after: AbstractSet[tuple[Source, str]]
) -> None:
    """Release and destroy what was held under names that hold nothing there any more.

    Such are those of a storage that a definition was moved from, or of another type.
    """
    staying = {(source.place, keeper) for source, keeper in after}
    for source, keeper in sorted(before - after):
        if (source.place, keeper) not in staying:
            with _alone(layout, source):
                for snapshot in _ours(layout, source):
                    if snapshot.keeper == keeper:
                        _drop(snapshot)


@contextlib.contextmanager
def _alone(layout: Layout, source: Source) -> Iterator[None]:
    lock = os.path.join(layout.run, claims.source(layout, source.kind, source.place))
    with locks.tried(lock) as ours:
        if not ours:
            raise Failed("%s is being backed up: apply again after that" % source.place)
        yield


def _ours(layout: Layout, source: Source) -> list[Snapshot]:
    from holdfast.agent.zfs import snapshots  # noqa: PLC0415 - few nodes have ZFS

    owners = settings.load(layout).owners
    there = snapshots.below(source.place) if source.recursive else snapshots.of(source.place)
    return [each for each in there or () if each.inventory in owners and each.keeper]


def _drop(snapshot: Snapshot) -> None:
    from holdfast.agent.zfs import snapshots  # noqa: PLC0415 - few nodes have ZFS

    snapshots.drop(snapshot)


def _covers(source: Source, snapshot: Snapshot) -> bool:
    below = snapshot.dataset.startswith(source.place + "/")
    return snapshot.dataset == source.place or (source.recursive and below)
