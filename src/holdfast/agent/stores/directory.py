"""Store `directory`: `<place>/<server>/disk<N>/<backup>.img` or `<place>/<loadmaster>/<backup>.lm`.

The manifest lies beside the backup.

A backup stays where it was made: those from before a rename lie in the folders of the former names.
"""

from __future__ import annotations

import contextlib
import os
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Iterable, Iterator

from holdfast.agent import atomic
from holdfast.agent.backups import folders, listing, marker, state
from holdfast.agent.failure import Failed
from holdfast.agent.stores import partial
from holdfast.agent.stores.draft import Draft
from holdfast.agent.stores.trouble import explained

if TYPE_CHECKING:
    from holdfast.agent.backups.listing import Backup
    from holdfast.agent.backups.manifest import Manifest
    from holdfast.agent.definition import Definition
    from holdfast.agent.layout import Layout


class Directory:
    """One definition's folders in a storage whose marker was seen; it writes to `folder` alone."""

    def __init__(
        self, layout: Layout, definition: Definition, identity: str, owners: tuple[str, ...]
    ) -> None:
        self.storage = definition.storage
        self.place = layout.under(definition.place)
        self.folder = os.path.join(self.place, definition.folder)
        self._former = [os.path.join(self.place, name) for name in definition.former_folders]
        self._definition = definition
        self._marker = identity
        self._owners = owners
        self.check()

    def check(self) -> None:
        """Raise Failed unless the storage's own marker is there; it is never made again.

        Nor is anything done where a link stands in the place of a folder: it may lead anywhere.
        """
        with explained(self.storage, self.place):
            state = marker.compare(marker.find(self.place), self._marker)
        if state != marker.OK:
            raise Failed(
                "storage %s: its marker is %s at %s: not mounted? nothing was written"
                % (self.storage, state, self.place)
            )
        with explained(self.storage, self.place):
            for folder in (self.folder, *self._former):
                folders.refuse_links(self.place, folder)

    def clear(self) -> list[str]:
        """Remove what killed runs of this definition left; return the names."""
        self.check()
        with explained(self.storage, self.place):
            cleared = partial.clear(self.folder, self._definition.name, self._owners)
            for folder in self._former:
                cleared += partial.finish_removals(folder, self._definition, self._owners)
            return cleared

    def backups(self) -> list[Backup]:
        """Return every backup in the folders, of whichever definition."""
        with explained(self.storage, self.place):
            own = (self.folder, *self._former)
            return [found for each in own for found in listing.in_folder(self.place, each)]

    @contextlib.contextmanager
    def draft(self, suffix: str) -> Iterator[Draft]:
        """Give a new backup to fill; without a commit nothing of it stays."""
        with explained(self.storage, self.place):
            self._make_folder()
            name, owner = self._definition.name, self._owners[0]
            draft = Draft(self.folder, name, suffix, owner, self._former)
        try:
            yield draft
        finally:
            draft.discard()

    def add(self, draft: Draft, file: str) -> None:
        """Add a file to a backup."""
        with explained(self.storage, self.place):
            draft.add(file)

    def drop(self, draft: Draft, file: str) -> None:
        """Take an added file away again."""
        with explained(self.storage, self.place):
            draft.drop(file)

    def write(self, draft: Draft, blocks: Iterable[bytes], file: str | None = None) -> None:
        """Write the bytes of a backup, or of a file that was added to it."""
        with explained(self.storage, self.place):
            draft.write(blocks, file)

    def commit(self, draft: Draft, manifest: Manifest) -> None:
        """Make the backup one; the storage is looked at again, for it may have gone meanwhile."""
        self.check()
        with explained(self.storage, self.place):
            draft.commit(manifest)

    def remove(self, backup: Backup) -> None:
        """Remove one backup for good."""
        if backup.manifest is None:
            raise Failed(
                "%s has no manifest that can be read: it is not ours to remove" % backup.name
            )
        with explained(self.storage, self.place):
            folder = os.path.join(self.place, listing.folder_of(backup.name))
            folders.refuse_links(self.place, folder)
            now = datetime.now(timezone.utc)  # it may have been locked since it was listed
            state.refuse_locked(folder, backup.name, now)
            partial.remove_backup(folder, backup.manifest, self._owners[0])

    def _make_folder(self) -> None:
        """Make the folders that lead to it, never the storage itself."""
        folder = self.place
        for name in self._definition.folder.split(os.sep):
            folder = os.path.join(folder, name)
            atomic.make_folder(folder)
        folders.refuse_links(self.place, self.folder)
