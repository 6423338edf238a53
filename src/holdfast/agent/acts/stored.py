"""The stored bytes of a backup, from the device rather than from memory."""

from __future__ import annotations

import contextlib
import os
from typing import TYPE_CHECKING, Iterator

from holdfast.agent.blocks import BLOCK
from holdfast.agent.failure import Failed

if TYPE_CHECKING:
    from holdfast.agent.backups.total import Sum
    from holdfast.agent.transforms.digest import Digest


@contextlib.contextmanager
def opened(path: str, size: int) -> Iterator[int]:
    """Give a descriptor of a stored file that has its full size."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        raise Failed("%s cannot be opened: %s" % (path, error.strerror)) from error
    try:
        there = os.fstat(descriptor).st_size
        if there != size:
            raise Failed("%s has %d of %d bytes" % (path, there, size))
        # What is proven is what lies on the disk, not what memory still knows of it.
        os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
        yield descriptor
    finally:
        os.close(descriptor)


def blocks(descriptor: int, path: str, start: int, end: int) -> Iterator[bytes]:
    """Yield the bytes from start to end; raise Failed where they cannot be read."""
    while start < end:
        try:
            block = os.pread(descriptor, min(BLOCK, end - start), start)
        except OSError as error:
            raise Failed("%s cannot be read: %s" % (path, error.strerror)) from error
        if not block:
            raise Failed("%s became shorter while it was read" % path)
        start += len(block)
        yield block


def refuse(digest: Digest, expected: Sum, what: str) -> None:
    """Raise Failed unless the bytes that passed are the expected ones."""
    if digest.facts() != expected._asdict():
        raise Failed(
            "%s are not those of the manifest: SHA-256 %s of %d bytes, not %s of %d"
            % (what, digest.facts()["sha256"], digest.size, expected.sha256, expected.size)
        )
