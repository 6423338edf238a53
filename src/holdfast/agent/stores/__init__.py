"""Where backups are put, one file a store."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Protocol

from holdfast.agent import fields
from holdfast.agent.backups import listing
from holdfast.agent.failure import Failed

if TYPE_CHECKING:
    from holdfast.agent.backups.listing import Backup
    from holdfast.agent.definition import Definition
    from holdfast.agent.layout import Layout
    from holdfast.agent.stores.dataset import Dataset
    from holdfast.agent.stores.directory import Directory

DIRECTORY, DATASET = "directory", "dataset"


class Store(Protocol):
    """What all stores can do with the backups that they hold of one source."""

    def check(self) -> object:
        """Raise Failed unless the storage's own marker is there."""

    def backups(self) -> list[Backup]:
        """Return every backup of the source, of whichever definition."""

    def remove(self, backup: Backup) -> None:
        """Remove one backup for good."""


def find(layout: Layout, definition: Definition, owners: tuple[str, ...]) -> Store:
    """Return the store of a definition, its marker checked; `owners` are the inventory's ids."""
    if definition.type == DATASET:
        return of_snapshots(layout, definition, owners)
    return of_files(layout, definition, owners)


def of_files(layout: Layout, definition: Definition, owners: tuple[str, ...]) -> Directory:
    """Return the store of a definition whose backups are files."""
    from holdfast.agent.stores.directory import Directory  # noqa: PLC0415 - one store a run

    return Directory(layout, definition, _marker(layout, definition, DIRECTORY), owners)


def of_snapshots(layout: Layout, definition: Definition, owners: tuple[str, ...]) -> Dataset:
    """Return the store of a definition whose backups are snapshots."""
    from holdfast.agent.stores.dataset import Dataset  # noqa: PLC0415 - one store a run

    return Dataset(definition, _marker(layout, definition, DATASET), owners)


def backups(layout: Layout, kind: str, place: str) -> list[Backup]:
    """Return every backup of a storage, whosever it is."""
    folder, missing = manifests(layout, kind, place)
    if kind == DATASET and not os.path.isdir(folder):
        return []  # made with the first backup; a directory is there when its marker is
    return listing.backups(folder, missing)


def manifests(layout: Layout, kind: str, place: str) -> tuple[str, listing.Missing]:
    """Return the folder that a storage's manifests lie below, and what tells what one lacks."""
    if kind != DATASET:
        return layout.under(place), listing.lost
    from holdfast.agent.stores import dataset  # noqa: PLC0415 - few nodes have ZFS

    return dataset.manifests(place)


def _marker(layout: Layout, definition: Definition, wanted: str) -> str:
    """Return the marker's id of a definition's storage, which must be of the kind wanted."""
    name = definition.storage
    record = os.path.join(layout.storages, name + ".json")
    given = fields.load(record, "the record of storage " + name)
    if given is None:
        raise Failed("storage %s is not set up on this node: apply the inventory again" % name)
    kind, place = given.text("kind"), given.text("place")
    if place != definition.place:
        raise Failed("storage %s lies at %s, not at %s" % (name, place, definition.place))
    if kind != wanted:
        raise Failed("storage %s is a %s, %s needs a %s" % (name, kind, definition.id, wanted))
    return given.text("marker")
