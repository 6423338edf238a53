"""A backup in the making: temporary names until its bytes are proven, the manifest last."""

from __future__ import annotations

import contextlib
import os
import time
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Callable, Iterable, Sequence

from holdfast.agent import atomic
from holdfast.agent.blocks import MIB
from holdfast.agent.failure import Failed
from holdfast.agent.sparse import is_zero
from holdfast.agent.stores.partial import MANIFEST, name_of

if TYPE_CHECKING:
    from holdfast.agent.backups.manifest import Manifest

_TRIES = 10
_AT_ONCE = 32 * MIB


def now() -> datetime:
    """Return the moment, in UTC."""
    return datetime.now(timezone.utc)


class Draft:
    """Open temporary files and the names that they are to bear: `file`, and what was added.

    `created` is the moment in the backup's name. It ends by `commit` or by `discard`.
    """

    def __init__(
        self, folder: str, name: str, suffix: str, inventory: str, former: Sequence[str] = ()
    ) -> None:
        """No backup in the `former` folders has the name that this one gets."""
        self.folder = folder
        self.inventory = inventory
        self.created, descriptor = _reserve((folder, *former), name, suffix, inventory, now)
        self.backup = _backup(name, self.created)
        self.file = self.backup + suffix
        self._descriptors = {self.file: descriptor}

    def add(self, file: str) -> None:
        """Add another file to the backup, whose name begins as the backup's does."""
        self._descriptors[file] = _create(self._path(name_of(file, self.inventory)))

    def drop(self, file: str) -> None:
        """Take an added file away, if it was added."""
        if file in self._descriptors:
            os.close(self._descriptors.pop(file))
            os.unlink(self._path(name_of(file, self.inventory)))

    def write(self, blocks: Iterable[bytes], file: str | None = None) -> None:
        """Write all blocks of a file and see them on the disk; zeros become holes."""
        descriptor = self._descriptors[file or self.file]
        size = told = 0
        for block in blocks:
            if not is_zero(block):
                _write_all(descriptor, block, size)
            size += len(block)
            if size - told >= _AT_ONCE:
                # Begins the writing out that fsync would wait for, and leaves memory to the guests.
                os.posix_fadvise(descriptor, 0, size, os.POSIX_FADV_DONTNEED)
                told = size
        os.ftruncate(descriptor, size)
        os.fsync(descriptor)

    def commit(self, manifest: Manifest) -> None:
        """Check the stored sizes and give the final names, the manifest's last."""
        for file, descriptor in self._descriptors.items():
            size, written = os.fstat(descriptor).st_size, manifest.files[file].size
            if size != written:
                raise Failed("%d bytes were written, %d are there" % (written, size))
        self._close()  # a network mount may tell of a failed write only here
        partial = self._path(name_of(self.backup + MANIFEST, self.inventory))
        descriptor = _create(partial)
        try:
            _write_all(descriptor, manifest.to_text().encode(), 0)
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        atomic.sync_folder(self.folder)
        for file in self._descriptors:
            os.rename(self._path(name_of(file, self.inventory)), self._path(file))
        atomic.sync_folder(self.folder)
        os.rename(partial, self._path(self.backup + MANIFEST))
        atomic.sync_folder(self.folder)

    def discard(self) -> None:
        """Take back everything of a backup that failed, unless it has its manifest."""
        self._close()
        if os.path.exists(self._path(self.backup + MANIFEST)):
            return
        files = tuple(self._descriptors)
        partials = (name_of(name, self.inventory) for name in (*files, self.backup + MANIFEST))
        for name in (*files, *partials):
            # What cannot go now, as on a mount that is lost, the next run clears by its name.
            with contextlib.suppress(OSError):
                os.unlink(self._path(name))

    def _close(self) -> None:
        for file, descriptor in self._descriptors.items():
            self._descriptors[file] = -1
            if descriptor >= 0:
                os.close(descriptor)

    def _path(self, name: str) -> str:
        return os.path.join(self.folder, name)


def _create(path: str) -> int:
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o640)


def _backup(name: str, created: datetime) -> str:
    return created.strftime(name.replace("%", "%%") + "-%Y%m%d_%H%M%S")


def _reserve(
    folders: Sequence[str], name: str, suffix: str, inventory: str, clock: Callable[[], datetime]
) -> tuple[datetime, int]:
    """Return a moment whose backup name is free in all folders, and its file in the first, open."""
    for _ in range(_TRIES):
        created = clock()
        backup = _backup(name, created)
        temporary = os.path.join(folders[0], name_of(backup + suffix, inventory))
        try:
            descriptor = _create(temporary)
        except FileExistsError:
            descriptor = -1
        if descriptor >= 0:
            ends = (suffix, MANIFEST)
            taken = (os.path.join(each, backup + end) for each in folders for end in ends)
            if not any(map(os.path.lexists, taken)):
                return created.replace(microsecond=0), descriptor
            os.close(descriptor)
            os.unlink(temporary)
        time.sleep(1 - clock().microsecond / 1e6)
    raise Failed("no free name for a backup of %s in %s" % (name, folders[0]))


def _write_all(descriptor: int, content: bytes, offset: int) -> None:
    view = memoryview(content)
    while view:
        written = os.pwrite(descriptor, view, offset)
        view, offset = view[written:], offset + written
