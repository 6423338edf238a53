"""Whether a dataset may be taken away: nobody uses it, nothing hangs on it, it is large enough."""

from __future__ import annotations

import os
import re

from holdfast.agent import writers
from holdfast.agent.failure import Failed
from holdfast.agent.zfs import datasets

_OCTAL = re.compile(rb"\\([0-7]{3})")


def refuse_users(dataset: str) -> None:
    """Raise Failed while any process or the kernel uses a dataset or one below it."""
    for volume in datasets.volumes(dataset):
        device = "/dev/zvol/" + volume
        if os.path.exists(device):
            writers.refuse_device(volume, device)
    for mounted in _mounts(dataset):
        writers.refuse_mount(dataset, mounted)


def refuse_others(dataset: str, new: str) -> None:
    """Raise Failed where what is there is of another kind, or holds datasets that `new` lacks."""
    here, there = (datasets.properties(each, "type") or {} for each in (dataset, new))
    if here.get("type") != there.get("type"):
        raise Failed("%s is a %s, the backup a %s" % (dataset, here.get("type"), there.get("type")))
    lacking = sorted(datasets.children(dataset) - datasets.children(new))
    if lacking:
        raise Failed(
            "%s holds datasets that the backup does not: %s; restore to a new dataset, "
            "or move them away" % (dataset, ", ".join("%s/%s" % (dataset, x) for x in lacking))
        )


def refuse_smaller(dataset: str, new: str) -> None:
    """Raise Failed where what is there is too small for the backup."""
    names = ("volsize", "quota", "refquota", "referenced")
    here, there = (datasets.sizes(each, *names) for each in (dataset, new))
    if there["volsize"] > here["volsize"]:
        raise Failed(
            "%s has %d bytes, the backup %d: the disk would grow under its guest; "
            "restore to a new dataset, or make it larger first"
            % (dataset, here["volsize"], there["volsize"])
        )
    for name in ("quota", "refquota"):
        if 0 < here[name] < there["referenced"]:
            raise Failed(
                "%s may hold %d bytes (%s), the backup has %d: raise it first"
                % (dataset, here[name], name, there["referenced"])
            )


def shrunk(dataset: str, new: str) -> str:
    """Return what is to be told of a volume that is larger than the backup that replaces it."""
    before, after = (datasets.sizes(each, "volsize")["volsize"] for each in (dataset, new))
    if before <= after:
        return ""
    return "%s has the size of the backup now, %d bytes; it had %d" % (dataset, after, before)


def _mounts(dataset: str) -> list[str]:
    """Return where a dataset and what is below it are mounted, as the kernel tells."""
    found = []
    with open("/proc/self/mounts", "rb") as file:
        for line in file:
            source, place = (_plain(word) for word in line.split()[:2])
            if source == dataset or source.startswith(dataset + "/"):
                found.append(place)
    return found


def _plain(word: bytes) -> str:
    """Return a word of that file: blanks stand in it as octal numbers."""
    return os.fsdecode(_OCTAL.sub(lambda found: bytes([int(found[1], 8)]), word))
