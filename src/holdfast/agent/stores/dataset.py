"""Store `dataset`: snapshots received into `<parent>/<server>/disk<N>`.

Their manifests lie under `<mountpoint>/.holdfast/manifests`, with a copy on the snapshot itself.
Must not: force a receive, or destroy a snapshot that bears no backup's name.
"""

from __future__ import annotations

import contextlib
import os
from datetime import datetime, timezone
from typing import TYPE_CHECKING

from holdfast.agent import atomic
from holdfast.agent.backups import listing, marker, state
from holdfast.agent.failure import Failed
from holdfast.agent.stores import borne, partial, removal
from holdfast.agent.stores.chain import Chain
from holdfast.agent.stores.trouble import explained
from holdfast.agent.stores.whereabouts import Whereabouts
from holdfast.agent.zfs import datasets, snapshots

if TYPE_CHECKING:
    from holdfast.agent.backups.listing import Backup
    from holdfast.agent.backups.manifest import Manifest
    from holdfast.agent.definition import Definition
    from holdfast.agent.zfs.snapshots import Snapshot

MANIFESTS = ".holdfast/manifests"
_LONGEST = 8191  # bytes of a user property


class Dataset:
    """One definition's chain in a storage whose marker was seen."""

    def __init__(self, definition: Definition, identity: str, owners: tuple[str, ...]) -> None:
        self.storage = definition.storage
        self.marker = identity
        self.chain = Chain(definition.place, definition.folder)
        self._parent = definition.place
        self._owners = owners
        self._place = os.path.join(self.check(), MANIFESTS)
        self._definition = definition
        self._folder = os.path.join(self._place, definition.folder)
        # Backups from before a rename stay where they were made, and are rotated there.
        self._former = [os.path.join(self._place, name) for name in definition.former_folders]

    def check(self) -> str:
        """Return the mountpoint; raise Failed unless the storage's own marker is there."""
        place = datasets.mountpoint(self._parent)
        if place is None:
            raise Failed(
                "storage %s: dataset %s is not mounted; nothing was written"
                % (self.storage, self._parent)
            )
        with explained(self.storage, place):
            state = marker.compare(marker.find(place), self.marker)
        if state != marker.OK:
            raise Failed(
                "storage %s: its marker is %s at %s; nothing was written"
                % (self.storage, state, place)
            )
        return place

    def backups(self) -> list[Backup]:
        """Return every backup of the disk, of whichever definition."""
        found: list[Backup] = []
        with explained(self.storage, self._place):
            for folder in (self._folder, *self._former):
                chain = self._chain(os.path.relpath(folder, self._place))
                missing = Whereabouts(chain.snapshots()).missing(self._parent, self._place)
                found += listing.in_folder(self._place, folder, missing)
        return found

    def former_chains(self) -> list[Chain]:
        """Return the chains that its backups were received into under earlier names."""
        return [Chain(self._parent, name) for name in self._definition.former_folders]

    def _chain(self, folder: str) -> Chain:
        return self.chain if folder == self._definition.folder else Chain(self._parent, folder)

    def commit(self, received: Snapshot, made: Manifest) -> str:
        """Make a received snapshot a backup; return the name of the chain that was set aside."""
        self.check()
        return self._enter(received._replace(manifest=_text(made)))

    def copying(self, made: Manifest) -> contextlib.AbstractContextManager[None]:
        """Put a copy of a backup's manifest on its snapshot, if one has room there.

        The block goes on meanwhile. Raises Failed where that cannot be: it is a backup without.
        """
        text = _text(made)
        if len(text.encode()) > _LONGEST:
            return contextlib.nullcontext()
        return self.chain.marking(made.backup, text)

    def remove(self, backup: Backup) -> None:
        """Remove one backup for good; killed in the midst, it is not listed and sure to go."""
        if backup.manifest is None:
            raise Failed(
                "%s has no manifest that can be read: it is not ours to remove" % backup.name
            )
        with explained(self.storage, self._place):
            now = datetime.now(timezone.utc)  # it may have been locked since it was listed
            where = listing.folder_of(backup.name)
            folder = os.path.join(self._place, where)
            state.refuse_locked(folder, backup.name, now)
            removal.remove(self._chain(where), folder, backup.manifest, self._owners[0])

    def clear(self) -> list[str]:
        """Finish the removals that killed runs had begun, of whichever definition of this disk.

        Of former names only the definition's own. Returns in words what of that a person must see
        to; it hinders no run.
        """
        with explained(self.storage, self._place):
            told = removal.clear(self.chain, self._folder, self._owners)
            for folder, chain in zip(self._former, self.former_chains()):
                told += removal.clear_own(chain, folder, self._definition, self._owners)
            return told

    def unlisted(self) -> list[Snapshot]:
        """Return what is newer than each dataset's newest backup; copies of manifests are entered.

        A copy is put on what is proven to have come, so a snapshot that bears one is whole.
        """
        known = {guid for b in self.backups() if b.manifest for guid in b.manifest.guids}
        there = self.chain.snapshots()
        for snapshot in there:
            copy = None if snapshot.guid in known else borne.by(snapshot)
            if copy is not None:
                self._enter(snapshot)
                known.update(copy.guids)
                there = self.chain.snapshots()  # what came in has other names now
        without: list[Snapshot] = []
        for snapshot in there:
            if snapshot.guid in known:
                # What lies beneath a backup is not what a killed run left.
                without = [each for each in without if each.dataset != snapshot.dataset]
            else:
                without.append(snapshot)
        return without

    def copy_anew(self) -> str:
        """Put copies of manifests on the snapshots that have none, as when a run was killed.

        Returns in words why one cannot be put there; it hinders no run.
        """
        there = [each for each in self.chain.snapshots() if each.dataset == self.chain.dataset]
        without = {(each.guid, each.name) for each in there if not each.manifest}
        if not without:  # as in nearly each run: their manifests need not be read for that
            return ""
        told = [backup.manifest for backup in self.backups() if backup.manifest is not None]
        try:
            for made in told:
                if (made.snapshot, made.backup) in without:
                    with self.copying(made):
                        pass
        except Failed as failure:
            return str(failure)
        return ""

    def describes(self, backup: str) -> bool:
        """Tell whether a manifest tells of a backup: one that cannot be read, or that is to go."""
        name = backup + partial.MANIFEST
        going = (partial.name_of(name, owner) for owner in self._owners)
        return any(os.path.lexists(self._path(each)) for each in (name, *going))

    def _enter(self, snapshot: Snapshot) -> str:
        """Put a snapshot that bears its manifest in its place, and the manifest in its own."""
        aside = ""
        if snapshot.dataset == self.chain.incoming:
            aside = self.chain.promote(snapshot.name.rpartition("-")[2])
        with explained(self.storage, self._place):
            path = self._path(snapshot.name + partial.MANIFEST)
            atomic.write(path, snapshot.manifest + "\n")
        return aside

    def _path(self, name: str) -> str:
        return os.path.join(self._folder, name)


def _text(made: Manifest) -> str:
    return made.to_text().strip()


def manifests(parent: str) -> tuple[str, listing.Missing]:
    """Return the folder of a parent's manifests, and what tells that a snapshot is missing."""
    place = datasets.mountpoint(parent)
    if place is None:
        raise Failed("dataset %s is not mounted: what is in it cannot be told" % parent)
    top = os.path.join(place, MANIFESTS)
    return top, Whereabouts(snapshots.below(parent) or ()).missing(parent, top)
