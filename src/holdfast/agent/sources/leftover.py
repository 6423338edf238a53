"""Leftover: what a killed run left of a snapshot beneath an image; put down before it is made.

Each bears as its mark the name of the image's lock. Who reads an image holds that lock, so whoever
gets it knows that no run uses such a snapshot any more. Must not: destroy what has another mark.
"""

from __future__ import annotations

import contextlib
import os
from typing import TYPE_CHECKING

from holdfast.agent import atomic, canonical, fields, locks
from holdfast.agent.failure import Failed, complain
from holdfast.agent.zfs import command, datasets, kept

if TYPE_CHECKING:
    from holdfast.agent.layout import Layout

MARK = "holdfast:image"
_JSON = ".json"
_SIZE = 16  # hexadecimal digits
_PATIENCE = 60.0  # seconds for a look through a pool


def name_of(lock: str) -> str:
    """Return what the snapshot is called that is taken under a lock, and its clone."""
    return "holdfast-image-" + canonical.digest([lock])[:_SIZE]


def put_down(layout: Layout, lock: str, pool: str) -> None:
    """Put down, before it is done, that something is made in a pool under a lock."""
    document = {"lock": lock, "pool": pool}
    atomic.write(record(layout, lock, pool), canonical.dumps(document) + "\n")


def forget(layout: Layout, lock: str, pool: str) -> None:
    """Take away what was put down: nothing of it is left."""
    atomic.remove(record(layout, lock, pool))


def record(layout: Layout, lock: str, pool: str) -> str:
    """Return the path of what is put down; no file is there where nothing is left."""
    return os.path.join(layout.beneath, canonical.digest([lock, pool])[:_SIZE] + _JSON)


def mountpoint(layout: Layout, lock: str) -> str:
    """Return where a clone is mounted, in a folder that nobody else gets into."""
    return os.path.join(os.path.abspath(layout.run), name_of(lock))


def clear(layout: Layout, *held: str) -> list[str]:
    """Destroy what killed runs left of images that nobody reads; `held` are locks of our own.

    Return why some of it cannot go, which is complained of, too; it stays put down.
    """
    faults = []
    names = os.listdir(layout.beneath) if os.path.isdir(layout.beneath) else []
    for name in sorted(names):
        if name.endswith(_JSON):
            try:
                _clear(layout, os.path.join(layout.beneath, name), held)
            except (Failed, OSError) as failure:
                complain(failure)
                faults.append(str(failure))
    return faults


def _clear(layout: Layout, path: str, held: tuple[str, ...]) -> None:
    given = fields.load(path, "the record of an image's snapshot")
    if given is None:
        return
    lock, pool = given.text("lock"), given.text("pool")
    if lock in held:
        _settle(layout, lock, pool)
        return
    with locks.tried(os.path.join(layout.run, lock)) as is_unused:
        if is_unused and os.path.exists(path):  # its run may have ended since
            _settle(layout, lock, pool)


def _settle(layout: Layout, lock: str, pool: str) -> None:
    if datasets.exists(pool):  # else it may come back, as one of a disk that is taken along
        # What it was taken of may have another name by now.
        destroy(layout, lock, "-r", pool)
        forget(layout, lock, pool)


def destroy(layout: Layout, lock: str, *among: str) -> None:
    """Destroy the clone and the snapshot of a lock among some paths.

    Raises Failed where one cannot go, as what somebody holds.
    """
    asked = ("get", "-H", "-s", "local", "-o", "name,value", MARK, *among)
    told = command.ask_of_several(_PATIENCE, *asked).splitlines()
    name = name_of(lock)
    marked = [path for path, _, mark in (line.partition("\t") for line in told) if mark == lock]
    ours = [path for path in marked if path.endswith(("/" + name, "@" + name))]
    for path in sorted(ours, key=lambda path: "@" in path):  # the clone goes before its origin
        try:
            command.run_patiently("destroy", path)
        except Failed as failure:  # ZFS itself may say to force all away that stands upon it
            raise Failed(kept.why(path) or str(failure)) from None
    with contextlib.suppress(FileNotFoundError):
        os.rmdir(mountpoint(layout, lock))
