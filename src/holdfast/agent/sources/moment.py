"""The one moment of an image: a reflink, or a snapshot of the ZFS beneath it; or none.

Must not: write to the image.
"""

from __future__ import annotations

import errno
import fcntl
import os
import stat
from typing import TYPE_CHECKING

from holdfast.agent.failure import Failed
from holdfast.agent.sources.seam import SNAPSHOT

if TYPE_CHECKING:
    from holdfast.agent.sources.beneath import Beneath

REFLINK, UNCHANGED = "reflink", "unchanged"

_FICLONE = 0x40049409  # linux/fs.h; not in fcntl before Python 3.12


class Moment:
    """An image, opened and caught in an instant, where its file system can do that; `close` it.

    `original` is the file itself and `before` what it was; `lacking` says why no snapshot of the
    ZFS beneath could be had, nothing where there is no ZFS.
    """

    def __init__(self, path: str, ground: Beneath | None = None) -> None:
        self.path = path
        self.lacking = ""
        self.original = _open(path)
        self.before = os.fstat(self.original)
        self._reads = _reflink(path, self.original)
        self._word = REFLINK
        self._ground = None
        if self._reads is None and ground is not None:
            try:
                ground.take()
                self._ground = ground
            except Failed as failure:
                self.lacking = str(failure)

    def opened(self) -> tuple[int, str]:
        """Return what is to be read, and its consistency: `unchanged` if there is no moment."""
        if self._ground is not None:
            try:
                self._reads, self._word = self._ground.open(self.before), SNAPSHOT
            except Failed as failure:
                self.lacking = str(failure)
            self._ground = None
        if self._reads is None:
            return self.original, UNCHANGED
        return self._reads, self._word

    def close(self) -> None:
        """Let go of the image; a reflink vanishes with it."""
        if self._reads is not None:
            os.close(self._reads)
        os.close(self.original)


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
