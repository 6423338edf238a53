"""Nested disks: that no recursive disk takes along another whose bases it would let go of."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from holdfast.inventory.finding import Finding

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from holdfast.inventory.inventory import Inventory
    from holdfast.inventory.select import Resolved

_Keeper = tuple[str, str, str]  # where the disk is, where its backups go, in which storage


class _Backed(NamedTuple):
    """A dataset that a definition sends: of which disk, and whether with all below it."""

    entry: int
    disk: str
    dataset: str
    recursive: bool


def nested(inventory: Inventory, resolved: Sequence[Resolved]) -> Iterator[Finding]:
    """Find disks inside a recursive one that go to the same storage as it.

    What is held on a source as a base bears the name of its storage alone: each run of the one
    would destroy the base of the other. In two storages, or as files, they do not meet.
    """
    for (_, _, storage), backed in _by_keeper(inventory, resolved).items():
        around = defaultdict[str, list[_Backed]](list)
        for each in backed:
            if each.recursive:
                around[each.dataset].append(each)
        found = {
            (outer.entry, outer.disk, inner.disk)
            for inner in (backed if around else ())
            for parent in _parents(inner.dataset)
            for outer in around.get(parent, ())
        }
        for entry, outer, inner in sorted(found):
            what = f"`{outer}` is recursive and holds `{inner}`, which goes to `{storage}` too"
            hint = f"`{outer}` takes it along: leave it out, or put it in another storage"
            yield Finding(("definitions", entry, "sources"), what, hint)


def _by_keeper(inventory: Inventory, resolved: Iterable[Resolved]) -> dict[_Keeper, list[_Backed]]:
    found = defaultdict[_Keeper, list[_Backed]](list)
    for entry, promise in resolved:
        if promise.server is None or promise.disk is None or promise.definition.type != "dataset":
            continue
        server = inventory.servers[promise.server]
        disk = server.disks[promise.disk]
        if disk.dataset is not None:
            name = f"{promise.server}:{promise.disk}"
            found[server.node, promise.node, promise.storage].append(
                _Backed(entry, name, disk.dataset, disk.recursive)
            )
    return found


def _parents(dataset: str) -> Iterator[str]:
    """Yield the datasets that one lies in, the nearest first."""
    while dataset := dataset.rpartition("/")[0]:
        yield dataset
