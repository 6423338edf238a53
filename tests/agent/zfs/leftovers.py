"""All that lies on a node and in the pool of its disk, so that what is left over shows itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent.zfs.disks import Filesystem
from agent.zfs.pools import zfs
from agent.zfs.station import snapshots
from holdfast.agent.zfs import diskmark

if TYPE_CHECKING:
    from agent.zfs.station import Station

# What each run adds: its own file and, where backups are files, the backup. A lock is free once its
# holder is gone; its empty file goes with the next boot.
_OF_RUNS = ("var/lib/holdfast/prg/runs/", "mnt/nas/web01/", "run/holdfast/")


def lying(station: Station) -> set[str]:
    """Return what is there but backups: datasets, snapshots with their holds, settings, files."""
    there = set(zfs("get", "-H", "-r", "-o", "name,value", "userrefs", station.source).splitlines())
    if isinstance(station.kind, Filesystem):  # what a volume is set to comes with its stream
        local = ("get", "-H", "-p", "-r", "-s", "local", "-o", "name,property,value", "all")
        settings = zfs(*local, station.source).splitlines()
        # What a restore made says for good which disk it holds.
        there.update(line for line in settings if line.split("\t")[1] != diskmark.NAME)
    there.update(_files(station))
    return there


def of_run(station: Station, clean: set[str]) -> set[str]:
    """Return what lies there after a run, given what lies there after a restore.

    Of its snapshots only the newest is left, held once; where backups are files, none is.
    """
    (newest,) = snapshots(station.disk) or [""]
    held = [line for line in clean if line.startswith(station.disk + "@")]
    renamed = {station.disk + "@" + newest + line[len(_path(line)) :] for line in held}
    return (clean - set(held)) | renamed


def _path(line: str) -> str:
    return line.partition("\t")[0]


def _files(station: Station) -> set[str]:
    root = station.desk.root
    names = (str(path.relative_to(root)) for path in root.rglob("*") if path.is_file())
    return {
        name
        for name in names
        if not name.startswith(_OF_RUNS) or name.rpartition("/")[2].startswith(".")
    }
