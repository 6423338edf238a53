"""Source `image`: a disk image file, read only from a moment that cannot change under the reader.

That is a reflink or a ZFS snapshot, as `moment` has it, else the file itself if nothing has it open
for writing and it is the same after the reading as before. Must not: write to the image.
"""

from __future__ import annotations

import errno
import os
from typing import TYPE_CHECKING, Iterator

from holdfast.agent import writers
from holdfast.agent.blocks import BLOCK
from holdfast.agent.failure import Failed
from holdfast.agent.sources.moment import UNCHANGED
from holdfast.agent.sparse import zeros

if TYPE_CHECKING:
    from holdfast.agent.sources.moment import Moment

SUFFIX = ".img"
NONE = "none"


class Image:
    """An image read once, as it was at a moment or else as it lies there; `close` it.

    `consistency` and `doubt` say how far the bytes read are those of one moment; what is doubtful
    fails, unless the definition says in so many letters that consistency is none.
    """

    def __init__(self, moment: Moment, consistency: str) -> None:
        self.path = moment.path
        self.suffix = SUFFIX
        self.guid: str | None = None  # a file has none
        self.doubt = ""
        self._accept_doubt = consistency == NONE
        self._moment = moment
        try:
            self._reads, self.consistency = moment.opened()
            self.size = os.fstat(self._reads).st_size
            self._check()
        except BaseException:
            self.close()
            raise

    def blocks(self) -> Iterator[bytes]:
        """Yield the whole content; holes come as zeros without being read."""
        offset = 0
        for start, end in self._data():
            yield from zeros(start - offset)
            yield from self._read(start, end)
            offset = end
        yield from zeros(self.size - offset)
        if self.consistency in (UNCHANGED, NONE):
            self._compare()

    def close(self) -> None:
        """Let go of the image."""
        self._moment.close()

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

    def _check(self) -> None:
        if not self.size:
            raise Failed("image %s is empty: it holds no disk" % self.path)
        if self.consistency == UNCHANGED:
            self._look_for_writers()

    def _compare(self) -> None:
        """Refuse what changed while it was read, or may have been."""
        try:
            after = os.stat(self.path)
        except FileNotFoundError:
            self._doubt("image %s was removed while it was read" % self.path)
            return
        if _identity(after) != _identity(self._moment.before):
            self._doubt("image %s changed while it was read" % self.path)
        elif not self.doubt:
            self._look_for_writers()

    def _look_for_writers(self) -> None:
        try:
            writers.refuse_writers(self.path, self._moment.original)
        except Failed as failure:
            self._doubt(str(failure))

    def _doubt(self, message: str) -> None:
        message = "; ".join(filter(None, (message, self._moment.lacking)))
        if not self._accept_doubt:
            hint = "stop the guest, put the image on ZFS or where reflinks work"
            raise Failed("%s (%s, or write `consistency: none`)" % (message, hint))
        self.consistency, self.doubt = NONE, message

    def _failure(self, error: OSError) -> Failed:
        return Failed("image %s cannot be read: %s" % (self.path, error.strerror))


def _identity(found: os.stat_result) -> tuple[int, ...]:
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns
