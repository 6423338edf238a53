"""A disk that was made anew under its old name, and one that is the same in another dataset."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

import pytest

from agent.zfs.bench import do, new, over, told
from agent.zfs.pools import patiently, zfs
from holdfast.agent.zfs import diskmark

if TYPE_CHECKING:
    from agent.zfs.station import Station

pytestmark = pytest.mark.hosts

SAID = "this is another disk than the last backup's"


def made(station: Station) -> str:
    """Make a backup of new data."""
    (station.files / "file").write_bytes(os.urandom(50_000))
    return station.good()


def owned(station: Station) -> dict[str, object]:
    """Return which backups of the disk count as its definition's own."""
    return {name.rpartition("/")[2]: line[2] for name, line in told(station).items()}


def destroy(station: Station) -> None:
    for snapshot in zfs("list", "-H", "-t", "snapshot", "-o", "name", "-r", station.disk).split():
        zfs("release", "holdfast", snapshot)
    patiently("zfs", "destroy", "-r", station.disk)


def rename(dataset: str, name: str) -> None:
    patiently("zfs", "unmount", dataset)
    patiently("zfs", "rename", dataset, name)
    zfs("mount", name)


def test_of_a_disk_made_anew_the_ones_before_stay(filesystem: Station) -> None:
    station = filesystem
    first = [made(station) for _ in range(3)]
    destroy(station)
    station.kind.create(station.disk)
    station.define(retention={"last": 2})
    run = station.run()
    assert (run.status, SAID in run.reason) == ("success", True)
    runs = [station.run() for _ in range(2)]
    assert not any(SAID in each.reason for each in runs)
    newest = [each.backup for each in runs]
    assert station.names() == [*first, *newest]
    assert owned(station) == {**dict.fromkeys(first, False), **dict.fromkeys(newest, True)}


FILE = {"type": "file", "storage": "nas", "place": "/mnt/nas"}


@pytest.mark.parametrize("changes", [{}, FILE])
def test_of_a_disk_restored_all_count(station: Station, changes: dict[str, str]) -> None:
    station.desk.settle()
    station.define(retention={"last": 4}, **changes)
    first = [made(station) for _ in range(3)]
    storage = changes.get("storage", "zones")
    for backup in first[1::-1]:  # the second time in the place of a marked one
        with station.kind.idle(station.disk, station.files):
            done = do(station, "restore", backup, storage=storage, **over(station))
        assert done["type"] == "result", done
    newest = made(station)
    assert owned(station) == dict.fromkeys([*first, newest], True)
    last = made(station)
    assert owned(station) == dict.fromkeys([*first[1:], newest, last], True)


def test_of_a_disk_moved_with_its_snapshots_all_count(filesystem: Station) -> None:
    station = filesystem
    first = [made(station) for _ in range(2)]
    moved = station.disk + ".moved"
    with subprocess.Popen(
        ["zfs", "send", f"{station.disk}@{first[-1]}"], stdout=subprocess.PIPE
    ) as sending:
        subprocess.run(["zfs", "receive", moved], stdin=sending.stdout, check=True)
    destroy(station)
    rename(moved, station.disk)
    newest = station.good()
    assert owned(station) == dict.fromkeys([*first, newest], True)


def test_of_a_disk_put_back_its_own_count_again(filesystem: Station) -> None:
    station = filesystem
    first = [made(station) for _ in range(2)]
    rename(station.disk, station.disk + ".old")
    station.kind.create(station.disk)
    between = station.good()
    assert owned(station) == {**dict.fromkeys(first, False), between: True}
    rename(station.disk, station.disk + ".other")
    rename(station.disk + ".old", station.disk)
    run = station.run()
    assert (run.status, SAID in run.reason) == ("success", True)
    assert owned(station) == {**dict.fromkeys([*first, run.backup], True), between: False}


def test_a_mark_is_of_the_dataset_that_bears_it(filesystem: Station) -> None:
    station = filesystem
    backup = made(station)
    (listed,) = station.listed()
    place = f"{station.source}/new"
    assert do(station, "restore", backup, **new(place))["type"] == "result"
    zfs("create", place + "/child")
    guid, child = (
        zfs("get", "-H", "-p", "-o", "value", "guid", each).strip()
        for each in (place, place + "/child")
    )
    assert zfs("get", "-H", "-o", "value", diskmark.NAME, place + "/child").strip() != "-"
    assert diskmark.of(place, guid) == listed["source"]["guid"] != guid
    assert diskmark.of(place + "/child", child) == ""
    for value in ("x", f"{guid}:", f"{guid}:x", f"{guid}:1\n{guid}:2", f"{guid}:٣"):
        zfs("set", f"{diskmark.NAME}={value}", place)
        assert diskmark.of(place, guid) == ""
    assert diskmark.of(station.source + "/none", guid) == ""
