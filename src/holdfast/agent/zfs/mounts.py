"""Where filesystems of ZFS are mounted: the kernel's own table, read without a program. proc(5)."""

from __future__ import annotations

import os
import re
from typing import Iterable

_TABLE = "/proc/self/mountinfo"
_ESCAPED = re.compile(rb"\\([0-7]{3})")
_FUSE, _BY_ROOT = b"fuse.zfs", b"user_id=0"  # anybody may mount a FUSE of any name


def of(dataset: str) -> str | None:
    """Return where a dataset is mounted and seen to be; None does not say that it is not."""
    with open(_TABLE, "rb") as table:
        places = told(table, dataset)
    return next((place for place, device in places if _is_seen(place, device)), None)


def told(table: Iterable[bytes], dataset: str) -> list[tuple[str, int]]:
    """Return the place and device of each line that mounts the whole of a dataset. Pure."""
    found = []
    for line in table:
        # How many fields come before the hyphen varies, and a source may be empty.
        mount, _, filesystem = line.rstrip(b"\n").partition(b" - ")
        _, _, device, root, place, *_ = mount.split(b" ")
        kind, source, options = filesystem.split(b" ", 2)
        is_ours = kind == b"zfs" or (kind == _FUSE and _BY_ROOT in options.split(b","))
        if is_ours and root == b"/" and _plain(source) == dataset:
            major, _, minor = device.partition(b":")
            found.append((_plain(place), os.makedev(int(major), int(minor))))
    return found


def _plain(field: bytes) -> str:
    """Return a field as it is, where blanks and backslashes stand as octal numbers."""
    return os.fsdecode(_ESCAPED.sub(lambda found: bytes([int(found[1], 8)]), field))


def _is_seen(place: str, device: int) -> bool:
    """Tell whether what is at a place is what was mounted there, and nothing on top of it."""
    try:
        return os.stat(place).st_dev == device
    except OSError:
        return False
