"""Faults in the midst of a dataset's run: what is left is whole, and the next run is well."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

import pytest

from agent.desk import RUN
from agent.executing import execute
from agent.killing import written
from agent.queueing import wait
from agent.zfs.pools import pool, zfs
from agent.zfs.station import files, snapshots
from agent.zfs.test_incrementals import define, received, statuses
from agent.zfs.test_killed import check
from holdfast.agent.jobs import runs

if TYPE_CHECKING:
    from pathlib import Path

    from agent.zfs.station import Station
    from holdfast.agent.jobs.runs import Run

pytestmark = pytest.mark.hosts

LARGE, SMALL = 16_000_000, 4_000_000


def change(station: Station, size: int) -> dict[str, bytes]:
    """Change the disk; return what is on it."""
    (station.files / "file").write_bytes(os.urandom(size))
    return files(station.files)


def newest(station: Station) -> Run:
    return runs.read(station.desk.layout, station.id)[-1]


def test_a_pool_that_fills_up_in_the_midst_loses_nothing(station: Station) -> None:
    held = change(station, 100_000)
    first = station.good()
    free = int(zfs("get", "-H", "-p", "-o", "value", "available", station.target))
    zfs("create", "-o", f"reservation={free - LARGE // 4}", f"{station.target}/filler")
    later = change(station, LARGE)
    assert f"no space left for {station.chain}: free some" in station.failed()
    assert station.names() == snapshots(station.chain) == [first]
    assert first in snapshots(station.disk)  # beside it may stay what the next run resumes
    assert station.restored(f"{station.chain}@{first}") == held
    zfs("set", "reservation=none", f"{station.target}/filler")
    second = station.good()
    check(station)
    assert station.restored(f"{station.chain}@{second}") == later


def test_a_source_that_is_destroyed_in_the_midst_leaves_its_backups(
    station: Station, tmp_path: Path
) -> None:
    with pool(tmp_path, f"hf{os.getpid()}c") as other:
        disk = f"{other}/web01"
        station.define(source=at(disk), bandwidth_limit=SMALL // 2)
        taken, held = destroyed_in_the_midst(station, disk)
    assert newest(station).backup == taken
    assert station.names() == snapshots(station.chain) == [taken]
    assert station.restored(f"{station.chain}@{taken}") == held
    assert f"dataset {disk} does not exist on this node: bring it back" in station.failed()
    assert station.names() == [taken]


def test_a_source_that_is_destroyed_in_the_midst_leaves_its_file(
    station: Station, tmp_path: Path
) -> None:
    station.desk.settle()
    with pool(tmp_path, f"hf{os.getpid()}d") as other:
        disk = f"{other}/web01"
        define(station, source=at(disk), bandwidth_limit=SMALL // 2)
        _, held = destroyed_in_the_midst(station, disk)
    made = newest(station).backup
    assert statuses(station) == {made: ("ok", "")}
    assert received(station, made) == held
    assert f"dataset {disk} does not exist on this node: bring it back" in station.failed()
    assert statuses(station) == {made: ("ok", "")}


def at(disk: str) -> dict[str, str]:
    return {"kind": "dataset", "place": disk, "node": "bkp01"}


def destroyed_in_the_midst(station: Station, disk: str) -> tuple[str, dict[str, bytes]]:
    """Back up a disk that is destroyed meanwhile; return the snapshot and what was on it."""
    station.kind.create(disk)
    with station.opened(disk) as folder:
        (folder / "file").write_bytes(os.urandom(SMALL))
        held = files(folder)
    with execute(station.desk, station.id, RUN) as process:
        wait(lambda: written(process.pid) > SMALL // 4)
        (taken,) = snapshots(disk)
        zfs("release", "holdfast", f"{disk}@{taken}")
        wait(lambda: is_destroyed(disk))  # ZFS puts it off until what it sends is out
        process.wait(600)
    ended = newest(station)
    # On a crowded machine the run may end before ZFS gets to it.
    assert ended.status in ("warning", "success")
    assert (f"dataset {disk} was destroyed meanwhile" in ended.reason) == (
        ended.status == "warning"
    )
    return taken, held


def is_destroyed(disk: str) -> bool:
    command = ["zfs", "destroy", "-r", disk]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def test_a_stream_that_breaks_off_leaves_nothing(station: Station) -> None:
    held = change(station, 100_000)
    first = station.good()
    station.define(bandwidth_limit=LARGE // 4)
    change(station, LARGE)
    with execute(station.desk, station.id, RUN) as process:
        wait(lambda: written(process.pid) > LARGE // 8)
        subprocess.run(["pkill", "-P", str(process.pid), "-f", "^zfs send"], check=True)
        process.wait(600)
    assert newest(station).status == "failed"
    assert "zfs send" in newest(station).reason
    assert station.names() == snapshots(station.chain) == [first]
    assert first in snapshots(station.disk)
    assert station.restored(f"{station.chain}@{first}") == held
    station.define()
    station.good()
    check(station)


def test_a_clock_set_back_changes_no_order(station: Station) -> None:
    station.define(retention={"last": 2})
    with execute(station.desk, station.id, RUN, before=("faketime", "-f", "+2d")) as process:
        process.wait(600)
    ahead = newest(station)
    assert (ahead.status, len(snapshots(station.chain))) == ("success", 1)
    held = {}
    for _ in range(2):
        now = change(station, 10_000)
        held[station.good()] = now
    assert max(held) < ahead.backup
    assert station.names() == snapshots(station.chain) == list(held)
    check(station)
    for name, content in held.items():
        assert station.restored(f"{station.chain}@{name}") == content
