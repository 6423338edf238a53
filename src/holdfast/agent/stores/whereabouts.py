"""Where a backup's snapshots may lie: in its disk's dataset, in one set aside from it, or below.

List, verify, restore and rotation go by this alone: what one calls `ok` is there for all.
"""

from __future__ import annotations

import functools
import os
from collections import defaultdict
from typing import TYPE_CHECKING, Iterable

from holdfast.agent import names

if TYPE_CHECKING:
    from holdfast.agent.backups.listing import Missing
    from holdfast.agent.backups.manifest import Manifest
    from holdfast.agent.zfs.snapshots import Snapshot


def is_among(disk: str, dataset: str) -> bool:
    """Tell whether a dataset may hold backups of the disk that is received into `disk`."""
    return dataset == disk or dataset.startswith((disk + ".", disk + "/"))


def is_aside(path: str) -> bool:
    """Tell whether a child of a disk was set aside, or lies below one that was.

    Only a moment at the end of a name says so: what a child is called may have dots, too.
    """
    return any(names.is_stamp(name.rpartition(".")[2]) for name in path.split("/") if "." in name)


class Whereabouts:
    """Which snapshots are there, and in which datasets: a copy may lie elsewhere, too."""

    def __init__(self, there: Iterable[Snapshot]) -> None:
        self._datasets: defaultdict[str, list[str]] = defaultdict(list)
        for snapshot in there:
            self._datasets[snapshot.guid].append(snapshot.dataset)

    def lacking(self, disk: str, wanted: Manifest) -> str:
        """Return what is missing of a backup, nothing where all of it lies where it may."""
        if not self._has(disk, wanted.snapshot):
            return "snapshot @%s is missing" % wanted.backup
        for child in wanted.children:
            if not self._has(disk, child.snapshot):
                return "snapshot @%s of %s is missing" % (wanted.backup, child.path)
        return ""

    def missing(self, parent: str, top: str) -> Missing:
        """Return what tells the same by the folder of a manifest, which lies below `top`."""
        return functools.partial(self._of_folder, parent, top)

    def _of_folder(self, parent: str, top: str, folder: str, wanted: Manifest) -> str:
        return self.lacking("%s/%s" % (parent, os.path.relpath(folder, top)), wanted)

    def _has(self, disk: str, guid: str | None) -> bool:
        return any(is_among(disk, dataset) for dataset in self._datasets.get(guid or "", ()))
