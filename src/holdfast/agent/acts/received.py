"""Backups that are snapshots in a dataset: removed, and read whole through `zfs send`."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Iterator

from holdfast.agent.failure import Failed

if TYPE_CHECKING:
    from holdfast.agent.acts.shelf import Found, Lying
    from holdfast.agent.backups.state import State
    from holdfast.agent.stores.chain import Chain
    from holdfast.agent.zfs.snapshots import Snapshot


def remove(found: Found) -> None:
    """Remove a backup for good."""
    from holdfast.agent.stores import removal  # noqa: PLC0415 - few nodes have ZFS

    removal.remove(_chain(found), found.folder, found.manifest, found.layout.inventory)


def remove_named(parent: str, name: str, said: State) -> None:
    """Remove the snapshots of a backup that is known by its full name alone: all of them or none.

    Raises Failed where one is kept, as by the hold of a lock that `said` does not tell of.
    """
    from holdfast.agent.zfs import kept, snapshots  # noqa: PLC0415 - few nodes have ZFS

    chain, backup = _chain_of(parent, name), name.rpartition("/")[2]
    there = [each for each in chain.snapshots() if each.name == backup]
    for each in there if said.locks else ():  # which have ended
        snapshots.release(each.path, snapshots.LOCK)
    why = kept.why(*(each.path for each in there))
    if why:
        raise Failed("%s stays as it is: %s" % (name, why))
    for each in sorted(there, key=lambda each: -each.dataset.count("/")):
        chain.destroy(each)


def owners(parent: str, name: str) -> Iterator[str]:
    """Return the inventories that made a backup's snapshots, by the manifests that these bear."""
    from holdfast.agent.stores import borne  # noqa: PLC0415 - few nodes have ZFS

    backup = name.rpartition("/")[2]
    there = _chain_of(parent, name).snapshots()
    borne_by = (borne.by(each) for each in there if each.name == backup)
    return (told.inventory for told in borne_by if told is not None)


@contextlib.contextmanager
def stream_of(found: Found, guid: str | None) -> Iterator[Iterator[bytes]]:
    """Give the whole stream of one of a backup's snapshots, which is found by its GUID."""
    from holdfast.agent.zfs import stream  # noqa: PLC0415 - few nodes have ZFS

    with stream.sending(_snapshot(found, guid), None, _mode(found)) as sending:
        yield sending.blocks()


def size(found: Found, guid: str | None) -> int:
    """Return about how many bytes the whole stream of a snapshot has."""
    from holdfast.agent.zfs import streamsize  # noqa: PLC0415 - few nodes have ZFS

    return streamsize.about(_snapshot(found, guid), None, _mode(found))


def most(found: Found, guid: str | None) -> int:
    """Return how many bytes the whole stream of a snapshot has at most."""
    from holdfast.agent.zfs import streamsize  # noqa: PLC0415 - few nodes have ZFS

    return streamsize.most(_snapshot(found, guid).path)


def _mode(found: Found) -> tuple[str, ...]:
    from holdfast.agent.zfs import stream  # noqa: PLC0415 - few nodes have ZFS

    return stream.RAW if found.manifest.raw else stream.PLAIN


def _snapshot(found: Found, guid: str | None) -> Snapshot:
    for snapshot in _chain(found).snapshots():
        if snapshot.guid == guid:
            return snapshot
    raise Failed("snapshot @%s is missing" % found.manifest.backup)


def lacking(found: Found) -> str:
    """Return what is missing of a backup, nothing where all of it is there."""
    from holdfast.agent.stores.whereabouts import Whereabouts  # noqa: PLC0415 - few nodes have ZFS

    chain = _chain(found)
    return Whereabouts(chain.snapshots()).lacking(chain.dataset, found.manifest)


def paths(there: Found | Lying) -> list[str]:
    """Return what ZFS calls the snapshots of a backup, as far as they are there."""
    known = _chain_of(there.parent, there.backup.name).snapshots()
    told = there.backup.manifest
    if told is None:  # all that there is to go by
        name = there.backup.name.rpartition("/")[2]
        return [each.path for each in known if each.name == name]
    return [each.path for each in known if each.guid in told.guids]


def is_newest(found: Found) -> bool:
    """Tell whether an increment of now would be sent to just this backup."""
    newest = _chain(found).newest()
    return newest is not None and newest.guid == found.manifest.snapshot


def _chain(found: Found) -> Chain:
    return _chain_of(found.parent, found.name)


def _chain_of(parent: str, name: str) -> Chain:
    from holdfast.agent.stores.chain import Chain  # noqa: PLC0415 - few nodes have ZFS

    # The place in the listing, not what the manifest says of itself, tells whose chain it is.
    return Chain(parent, name.rpartition("/")[0].replace(":", "/disk"))
