"""Where filesystems of ZFS are mounted: the kernel's own table, read without a program. proc(5)."""

from __future__ import annotations

import os
import re
from typing import Iterable, Iterator

from holdfast.agent.places import lies_in

_TABLE = "/proc/self/mountinfo"
_ESCAPED = re.compile(rb"\\([0-7]{3})")
_FUSE, _BY_ROOT = b"fuse.zfs", b"user_id=0"  # anybody may mount a FUSE of any name


def of(dataset: str) -> str | None:
    """Return where a dataset is mounted and seen to be; None does not say that it is not."""
    with open(_TABLE, "rb") as table:
        places = told(table, dataset)
    return next((place for place, device in places if _is_seen(place, device)), None)


def beneath(path: str) -> tuple[str, str] | None:
    """Return the dataset that a file lies on and where that is mounted; None: on none, or no file.

    The path has no symbolic link in it.
    """
    try:
        device = os.stat(path).st_dev
    except OSError:
        return None
    with open(_TABLE, "rb") as table:
        whole = [(dataset, place) for dataset, place, there in _whole(table) if there == device]
    found = [mount for mount in whole if lies_in(path, mount[1])]
    return max(found, key=lambda mount: len(mount[1]), default=None)


def told(table: Iterable[bytes], dataset: str) -> list[tuple[str, int]]:
    """Return the place and device of each line that mounts the whole of a dataset. Pure."""
    return [(place, device) for source, place, device in _whole(table) if source == dataset]


def _whole(table: Iterable[bytes]) -> Iterator[tuple[str, str, int]]:
    """Yield dataset, place and device of each line that mounts the whole of any dataset."""
    for line in table:
        # How many fields come before the hyphen varies, and a source may be empty.
        mount, _, filesystem = line.rstrip(b"\n").partition(b" - ")
        _, _, device, root, place, *_ = mount.split(b" ")
        kind, source, options = filesystem.split(b" ", 2)
        is_ours = kind == b"zfs" or (kind == _FUSE and _BY_ROOT in options.split(b","))
        if is_ours and root == b"/":
            major, _, minor = device.partition(b":")
            yield _plain(source), _plain(place), os.makedev(int(major), int(minor))


def _plain(field: bytes) -> str:
    """Return a field as it is, where blanks and backslashes stand as octal numbers."""
    return os.fsdecode(_ESCAPED.sub(lambda found: bytes([int(found[1], 8)]), field))


def _is_seen(place: str, device: int) -> bool:
    """Tell whether what is at a place is what was mounted there, and nothing on top of it."""
    try:
        return os.stat(place).st_dev == device
    except OSError:
        return False
