"""The ZFS filesystem beneath an image: a snapshot of it for one reading, which then goes again."""

from __future__ import annotations

import contextlib
import os
from typing import TYPE_CHECKING, Iterator

from holdfast.agent.failure import Failed, complain
from holdfast.agent.sources import leftover
from holdfast.agent.zfs import command, mounts

if TYPE_CHECKING:
    from holdfast.agent.layout import Layout

_CLONED = (
    *("canmount=noauto", "readonly=on", "atime=off", "devices=off", "setuid=off", "exec=off"),
    *("sharenfs=off", "sharesmb=off", "com.sun:auto-snapshot=false"),
)


class Beneath:
    """A filesystem, where it is mounted, and the snapshot of it from which one image is read."""

    def __init__(self, layout: Layout, lock: str, path: str, dataset: str, place: str) -> None:
        self._layout = layout
        self._lock = lock
        self._place = place
        self._within = os.path.relpath(path, place)
        self._pool = dataset.partition("/")[0]
        self._name = leftover.name_of(lock)
        self._mark = "%s=%s" % (leftover.MARK, lock)
        self._snapshot = "%s@%s" % (dataset, self._name)
        self._clone = "%s/%s" % (self._pool, self._name)
        self._hindrance = ""
        self._is_there = False

    def prepare(self) -> None:
        """Destroy what killed runs left, of this image and others, and put down what will be made.

        A snapshot of this image that cannot go hinders the taking of another.
        """
        record = leftover.record(self._layout, self._lock, self._pool)
        if os.path.exists(record):  # its name tells what it says, should it be damaged
            leftover.put_down(self._layout, self._lock, self._pool)
        faults = leftover.clear(self._layout, self._lock)
        if os.path.exists(record):
            self._hindrance = "; ".join(faults) or "%s has not gone" % self._snapshot
        else:
            leftover.put_down(self._layout, self._lock, self._pool)

    def take(self) -> None:
        """Take the snapshot; raise Failed where that cannot be done."""
        if self._hindrance:
            raise Failed(self._hindrance)
        self._is_there = True  # maybe, should this be cut short
        try:
            command.run("snapshot", "-o", self._mark, self._snapshot)
        except Failed as failure:
            # A program that a killed run started may have made it since.
            self._is_there = "already exists" in str(failure)
            raise

    def open(self, wanted: os.stat_result) -> int:
        """Return a descriptor of the file in the snapshot; raise Failed where it cannot be had."""
        try:
            return self._opened(self._looked_into(), wanted)
        except OSError as error:
            raise Failed("snapshot %s cannot be read: %s" % (self._snapshot, error)) from error

    def close(self) -> None:
        """Destroy what was made; what cannot go is complained of and left to the next run."""
        if self._hindrance:
            return
        try:
            if self._is_there:
                leftover.destroy(self._layout, self._lock, self._snapshot, self._clone)
            leftover.forget(self._layout, self._lock, self._pool)
        except (Failed, OSError) as failure:
            complain("%s; the next run destroys it" % failure)

    def _looked_into(self) -> str:
        """Return where the snapshot's files are: a folder of ZFS, or a clone where it has none."""
        folder = os.path.join(self._place, ".zfs/snapshot", self._name)
        if _has_mounts_of_first() and os.path.isdir(folder):
            return folder
        self._mount_clone()
        return leftover.mountpoint(self._layout, self._lock)

    def _mount_clone(self) -> None:
        """Mount a clone, whose name is no child of the filesystem: that may be backed up, too."""
        place = leftover.mountpoint(self._layout, self._lock)
        os.makedirs(place, mode=0o700, exist_ok=True)
        settings = (*_CLONED, "mountpoint=" + place, self._mark)
        words = [word for setting in settings for word in ("-o", setting)]
        command.run("clone", *words, self._snapshot, self._clone)
        if mounts.of(self._clone) is None:  # zfs-fuse has mounted it already
            command.run("mount", self._clone)

    def _opened(self, root: str, wanted: os.stat_result) -> int:
        path = os.path.join(root, self._within)
        # A fifo that came in its place meanwhile would block an ordinary open for ever.
        found = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        told = os.fstat(found)
        if told.st_ino == wanted.st_ino and told.st_dev != wanted.st_dev:
            return found
        os.close(found)
        raise OSError("%s is another file" % path)


def _has_mounts_of_first() -> bool:
    """Tell whether this process sees what the kernel mounts by itself: the first process does."""
    try:
        own, first = (os.readlink("/proc/%s/ns/mnt" % process) for process in ("self", "1"))
    except OSError:
        return False
    return own == first


@contextlib.contextmanager
def ready(layout: Layout, lock: str, path: str) -> Iterator[Beneath | None]:
    """Give the filesystem beneath an image whose lock we hold; None where it is none of ZFS.

    What was taken inside is gone afterwards.
    """
    path = os.path.realpath(path)
    found = mounts.beneath(path)
    if found is None:
        leftover.clear(layout, lock)  # it lay on ZFS once
        yield None
        return
    ground = Beneath(layout, lock, path, *found)
    ground.prepare()
    try:
        yield ground
    finally:
        ground.close()
