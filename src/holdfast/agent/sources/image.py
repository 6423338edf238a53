"""Source `image`: a disk image file, read only from a moment that cannot change under the reader.

That is a reflink where the file system makes one, else the file itself if nothing has it open for
writing and it is the same after the reading as before. Must not: write to the image.
"""

from __future__ import annotations

import errno
import fcntl
import os
import stat
from typing import Iterator

from holdfast.agent import writers
from holdfast.agent.blocks import BLOCK
from holdfast.agent.failure import Failed
from holdfast.agent.sparse import zeros

SUFFIX = ".img"
REFLINK, UNCHANGED, NONE = "reflink", "unchanged", "none"

_FICLONE = 0x40049409  # linux/fs.h; not in fcntl before Python 3.12


class Image:
    """An image opened for one reading; `close` it.

    `consistency` and `doubt` say how far the bytes read are those of one moment; what is doubtful
    fails, unless the definition says in so many letters that consistency is none.
    """

    def __init__(self, path: str, consistency: str) -> None:
        self.path = path
        self.suffix = SUFFIX
        self.guid: str | None = None  # a file has none
        self.consistency = REFLINK
        self.doubt = ""
        self._accept_doubt = consistency == "none"
        self._original = _open(path)
        self._before = os.fstat(self._original)
        clone = _reflink(path, self._original)
        self._reads = self._original if clone is None else clone
        self.size = os.fstat(self._reads).st_size
        if not self.size:
            self.close()
            raise Failed("image %s is empty: it holds no disk" % path)
        if clone is None:
            self.consistency = UNCHANGED
            try:
                writers.refuse_writers(path, self._original)
            except Failed as failure:
                self._doubt(str(failure))

    def blocks(self) -> Iterator[bytes]:
        """Yield the whole content; holes come as zeros without being read."""
        offset = 0
        for start, end in self._data():
            yield from zeros(start - offset)
            yield from self._read(start, end)
            offset = end
        yield from zeros(self.size - offset)
        if self.consistency != REFLINK:
            self._compare()

    def close(self) -> None:
        """Let go of the image; a reflink vanishes with it."""
        if self._reads != self._original:
            os.close(self._reads)
        os.close(self._original)

    def _data(self) -> Iterator[tuple[int, int]]:
        """Yield where the data lies; all of it where the file system does not tell."""
        end = 0
        while end < self.size:
            try:
                start = os.lseek(self._reads, end, os.SEEK_DATA)
                end = os.lseek(self._reads, start, os.SEEK_HOLE)
            except OSError as error:
                if error.errno == errno.ENXIO:  # nothing but a hole from here on
                    return
                if error.errno not in (errno.EINVAL, errno.ENOTSUP):
                    raise self._failure(error) from error
                start, end = end, self.size
            if start >= self.size:
                return
            end = min(end, self.size)
            yield start, end

    def _read(self, start: int, end: int) -> Iterator[bytes]:
        while start < end:
            try:
                block = os.pread(self._reads, min(BLOCK, end - start), start)
            except OSError as error:
                raise self._failure(error) from error
            if not block:
                raise Failed("image %s became shorter while it was read" % self.path)
            start += len(block)
            yield block

    def _compare(self) -> None:
        """Refuse what changed while it was read, or may have been."""
        try:
            after = os.stat(self.path)
        except FileNotFoundError:
            self._doubt("image %s was removed while it was read" % self.path)
            return
        if _identity(after) != _identity(self._before):
            self._doubt("image %s changed while it was read" % self.path)
        elif not self.doubt:
            try:
                writers.refuse_writers(self.path, self._original)
            except Failed as failure:
                self._doubt(str(failure))

    def _doubt(self, message: str) -> None:
        if not self._accept_doubt:
            hint = "stop the guest, put the image where reflinks work, or write `consistency: none`"
            raise Failed("%s (%s)" % (message, hint))
        self.consistency, self.doubt = NONE, message

    def _failure(self, error: OSError) -> Failed:
        return Failed("image %s cannot be read: %s" % (self.path, error.strerror))


def _identity(found: os.stat_result) -> tuple[int, ...]:
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns


def _open(path: str) -> int:
    """Return a descriptor of a regular file, or raise Failed saying what the path is instead."""
    try:
        # A fifo would block an ordinary open for ever.
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        if error.errno == errno.ELOOP:
            raise Failed(
                "image %s is a symbolic link: name the file itself, %s"
                % (path, os.path.realpath(path))
            ) from None
        hint = "bring it back (is its disk mounted?), or correct the disk in the inventory"
        raise Failed("image %s cannot be opened: %s: %s" % (path, error.strerror, hint)) from error
    mode = os.fstat(descriptor).st_mode
    if stat.S_ISREG(mode):
        return descriptor
    os.close(descriptor)
    kinds = ((stat.S_ISDIR, "a directory"), (stat.S_ISBLK, "a block device"))
    kind = next((word for test, word in kinds if test(mode)), "no regular file")
    raise Failed("image %s is %s: only image files can be backed up so" % (path, kind))


def _reflink(path: str, original: int) -> int | None:
    """Return a clone of the file at one moment, nameless from the start; None: not possible."""
    try:
        clone = os.open(os.path.dirname(path), os.O_TMPFILE | os.O_RDWR | os.O_CLOEXEC, 0o600)
    except OSError:
        return None  # whatever the reason, the rules for an image without a reflink hold
    try:
        fcntl.ioctl(clone, _FICLONE, original)
    except OSError:
        os.close(clone)
        return None
    return clone
