"""The ZFS filesystem beneath an image: a snapshot of it for one reading, which then goes again.

It bears as its mark the name of the image's lock. Who reads an image holds that lock, so whoever
gets it knows that no run uses such a snapshot any more. Must not: destroy what has another mark.
"""

from __future__ import annotations

import contextlib
import os
from typing import TYPE_CHECKING, Iterator

from holdfast.agent import atomic, canonical, fields, locks
from holdfast.agent.failure import Failed, complain
from holdfast.agent.zfs import command, datasets, mounts

if TYPE_CHECKING:
    from holdfast.agent.layout import Layout

MARK = "holdfast:image"
_NAME, _JSON = "holdfast-image-", ".json"
_SIZE = 16  # hexadecimal digits
_CLONED = (
    *("canmount=noauto", "readonly=on", "atime=off", "devices=off", "setuid=off", "exec=off"),
    *("sharenfs=off", "sharesmb=off", "com.sun:auto-snapshot=false"),
)


class Beneath:
    """A filesystem, where it is mounted, and the snapshot of it from which one image is read."""

    def __init__(self, layout: Layout, lock: str, path: str, dataset: str, place: str) -> None:
        self._name = name = name_of(lock)
        self._mark = "%s=%s" % (MARK, lock)
        self._lock = lock
        self._snapshot = "%s@%s" % (dataset, name)
        self._clone = "%s/%s" % (dataset.partition("/")[0], name)
        self._within = os.path.relpath(path, place)
        self._place = place
        self._private = _path(layout, name)
        self._begun = False

    def take(self) -> None:
        """Take the snapshot; raise Failed where that cannot be done."""
        self._begun = True
        command.run("snapshot", "-o", self._mark, self._snapshot)

    def open(self, wanted: os.stat_result) -> int:
        """Return a descriptor of the file in the snapshot; raise Failed where it cannot be had."""
        try:
            return self._opened(os.path.join(self._place, ".zfs/snapshot", self._name), wanted)
        except OSError:
            # zfs-fuse has no such folder, and in a container it may lead nowhere.
            self._mount_clone()
        try:
            return self._opened(self._private, wanted)
        except OSError as error:
            raise Failed("snapshot %s cannot be read: %s" % (self._snapshot, error)) from error

    def close(self) -> None:
        """Destroy what was made for this reading; raise Failed where it cannot go."""
        if not self._begun:
            return
        _destroy(self._lock, self._snapshot, self._clone)
        with contextlib.suppress(FileNotFoundError):
            os.rmdir(self._private)

    def _mount_clone(self) -> None:
        """Mount a clone of the snapshot where nobody else gets to."""
        os.makedirs(self._private, mode=0o700, exist_ok=True)
        settings = (*_CLONED, "mountpoint=" + self._private, self._mark)
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


@contextlib.contextmanager
def ready(layout: Layout, lock: str, path: str) -> Iterator[Beneath | None]:
    """Give the filesystem beneath an image whose lock is held; None where there is no ZFS.

    What killed runs left is destroyed before, what was taken inside afterwards. What cannot go then
    is put down for the next run, and complained of.
    """
    clear(layout, lock)
    path = os.path.realpath(path)
    found = mounts.beneath(path)
    if found is None:
        yield None
        return
    dataset, place = found
    record = _record(layout, name_of(lock))
    atomic.write(record, canonical.dumps({"dataset": dataset, "lock": lock}) + "\n")
    ground = Beneath(layout, lock, path, dataset, place)
    try:
        yield ground
    finally:
        try:
            ground.close()
            atomic.remove(record)
        except (Failed, OSError) as failure:
            complain("%s; the next run destroys it" % failure)


def clear(layout: Layout, *held: str) -> None:
    """Destroy what killed runs left of any image that is not being read; `held` are our locks.

    What cannot go stays put down, and is complained of.
    """
    try:
        names = sorted(os.listdir(layout.beneath))
    except FileNotFoundError:
        return
    for name in names:
        if name.endswith(_JSON):
            try:
                _clear(layout, os.path.join(layout.beneath, name), held)
            except (Failed, OSError) as failure:
                complain(failure)


def _clear(layout: Layout, record: str, held: tuple[str, ...]) -> None:
    given = fields.load(record, "the record of an image's snapshot")
    if given is None:
        return
    lock, pool = given.text("lock"), given.text("dataset").partition("/")[0]
    if lock in held:
        _settle(layout, lock, pool)
        return
    with locks.tried(_path(layout, lock)) as is_unused:
        if is_unused and os.path.exists(record):  # its run may have ended since
            _settle(layout, lock, pool)


def _settle(layout: Layout, lock: str, pool: str) -> None:
    """Destroy what bears a lock's mark in a pool, whatever the dataset is called by now."""
    if not datasets.exists(pool):
        return  # it may come back, as one of a disk that is taken along
    _destroy(lock, "-r", pool)
    with contextlib.suppress(FileNotFoundError):
        os.rmdir(_path(layout, name_of(lock)))
    atomic.remove(_record(layout, name_of(lock)))


def _destroy(lock: str, *among: str) -> None:
    """Destroy the clone and the snapshot that bear a lock's mark among some paths."""
    asked = ("get", "-H", "-s", "local", "-o", "name,value", MARK, *among)
    with command.Started(*asked) as started:
        told = [line.partition("\t") for line in started.of_several().splitlines()]
    name = name_of(lock)
    named = ("/" + name, "@" + name)
    ours = [path for path, _, mark in told if mark == lock and path.endswith(named)]
    for path in sorted(ours, key=lambda path: "@" in path):  # the clone goes before its origin
        command.run_patiently("destroy", path)


def name_of(lock: str) -> str:
    """Return what the snapshot is called that is taken under a lock."""
    return _NAME + canonical.digest([lock])[:_SIZE]


def _record(layout: Layout, name: str) -> str:
    return os.path.join(layout.beneath, name + _JSON)


def _path(layout: Layout, name: str) -> str:
    return os.path.join(os.path.abspath(layout.run), name)
