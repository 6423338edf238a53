"""The image file that a restore goes to: written beside it, switched in one step or not at all."""

from __future__ import annotations

import contextlib
import os
import stat
from typing import Iterator

from holdfast.agent import atomic, writers
from holdfast.agent.failure import Failed
from holdfast.agent.sparse import is_zero

_END = ".holdfast-restore"


class Image:
    """A path that is to hold the restored bytes; what lies there is replaced only if that is said.

    Use it as `with target.prepared(size)`: without a switch nothing of the new file stays.
    """

    def __init__(self, path: str, replaces: bool) -> None:  # noqa: FBT001 - consent, decided by the caller
        self.path = path
        self._replaces = replaces
        self._temporary = os.path.join(os.path.dirname(path), "." + os.path.basename(path) + _END)
        self._descriptor = -1
        self._size = 0
        self.told = ""  # of what was replaced, should it have been larger

    @contextlib.contextmanager
    def prepared(self, size: int) -> Iterator[Image]:
        """Look that the target may be written, and give it to be filled with so many bytes."""
        with self._explained():
            old = self._look(size)
            if old is not None:
                os.close(old)
            # What a killed restore left; nobody else works here, for the source is locked.
            with contextlib.suppress(FileNotFoundError):
                os.unlink(self._temporary)
            flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
            self._descriptor = os.open(self._temporary, flags, 0o600)
        try:
            yield self
        finally:
            os.close(self._descriptor)
            with contextlib.suppress(FileNotFoundError):
                os.unlink(self._temporary)

    def write(self, block: bytes) -> None:
        """Write the next bytes; zeros become holes."""
        with self._explained():
            if not is_zero(block):
                _write_all(self._descriptor, block, self._size)
            self._size += len(block)

    def switch(self) -> None:
        """Make the new file the target: it is on the disk by then, and nobody uses the old one."""
        with self._explained():
            os.ftruncate(self._descriptor, self._size)
            old = self._look(self._size)
            try:
                if old is not None:
                    self.told = self._shrunk(os.fstat(old).st_size)
                    _take_over(old, self._descriptor)
                os.fsync(self._descriptor)
                if old is None:
                    # A link fails where something has come to lie meanwhile; a rename would not.
                    os.link(self._temporary, self.path)
                else:
                    os.rename(self._temporary, self.path)
            finally:
                if old is not None:
                    os.close(old)
            atomic.sync_folder(os.path.dirname(self.path))

    def _look(self, size: int) -> int | None:
        """Return a descriptor of what lies there, nobody else's; None when there is nothing."""
        try:
            flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
            old = os.open(self.path, flags)
        except FileNotFoundError:
            if os.path.isdir(os.path.dirname(self.path)):
                return None
            raise Failed("there is no directory %s" % os.path.dirname(self.path)) from None
        try:
            self._refuse(old, size)
        except BaseException:
            os.close(old)
            raise
        return old

    def _refuse(self, old: int, size: int) -> None:
        found = os.fstat(old)
        if not stat.S_ISREG(found.st_mode):
            raise Failed("%s is no image file" % self.path)
        if not self._replaces:
            raise Failed("%s is there already: a restore to a file makes a new one" % self.path)
        if found.st_size < size:
            raise Failed(
                "%s has %d bytes, the backup %d: the disk would grow under its guest; "
                "restore to a new file, or make it larger first" % (self.path, found.st_size, size)
            )
        writers.refuse_users(self.path, old)

    def _shrunk(self, before: int) -> str:
        if before <= self._size:
            return ""
        return "%s has the size of the backup now, %d bytes; it had %d" % (
            self.path,
            self._size,
            before,
        )

    @contextlib.contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise Failed(
                "%s: %s; nothing was changed" % (self.path, error.strerror or error)
            ) from error


def _take_over(old: int, new: int) -> None:
    """Give the new file the old one's owner, mode and labels."""
    found = os.fstat(old)
    os.fchown(new, found.st_uid, found.st_gid)
    os.fchmod(new, stat.S_IMODE(found.st_mode))
    for name in os.listxattr(old):
        os.setxattr(new, name, os.getxattr(old, name))


def _write_all(descriptor: int, content: bytes, offset: int) -> None:
    view = memoryview(content)
    while view:
        written = os.pwrite(descriptor, view, offset)
        view, offset = view[written:], offset + written
