"""Streams that go on where they broke off, which only OpenZFS can.

They run in the virtual machine; the same logic on a scripted `zfs` is beside this.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from agent.desk import RUN
from agent.executing import execute
from agent.killing import written
from agent.queueing import wait
from agent.zfs.daemon import OPENZFS
from agent.zfs.pools import destroy_held, zfs
from agent.zfs.station import files, snapshots
from agent.zfs.test_killed import check

if TYPE_CHECKING:
    from agent.zfs.station import Station

SOME = 4_000_000

pytestmark = [
    pytest.mark.hosts,
    pytest.mark.skipif(not OPENZFS, reason="zfs-fuse has no tokens"),
]


def broken_off(station: Station, dataset: str) -> str:
    """Kill a run while its stream comes into a dataset; return the snapshot that was sent."""
    with execute(station.desk, station.id, RUN) as process:
        wait(lambda: _comes_into(dataset))
        wait(lambda: written(process.pid) > SOME)
        process.kill()
    wait(lambda: len(token(dataset)) > 1)
    return snapshots(station.disk)[-1]


def _comes_into(dataset: str) -> bool:
    """Tell whether a stream is on its way into a dataset."""
    wanted = f"\0receive\0-u\0-s\0{dataset}@".encode()
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):
            if wanted in path.read_bytes():
                return True
    return False


def token(dataset: str) -> str:
    """Return what a stream into a dataset is resumed by, one character or none if there is none."""
    done = subprocess.run(
        ["zfs", "get", "-H", "-o", "value", "receive_resume_token", dataset],
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout.strip()


def test_a_full_stream_that_broke_off_goes_on_where_it_ended(station: Station) -> None:
    (station.files / "file").write_bytes(os.urandom(12_000_000))
    expected = files(station.files)
    station.define(bandwidth_limit=2_000_000)
    name = broken_off(station, station.chain + ".incoming")
    station.define()
    (station.files / "file").write_bytes(b"later")
    ended = station.run()
    assert ended.status == "success", ended.reason
    assert f"{name} had broken off and was finished" in ended.reason
    assert station.names() == [name, ended.backup]
    assert station.restored(f"{station.chain}@{name}") == expected
    assert station.restored(f"{station.chain}@{ended.backup}") == files(station.files)
    check(station)


def test_an_increment_that_broke_off_goes_on_or_is_cleared_away(station: Station) -> None:
    station.good()
    for is_lost in (False, True):
        (station.files / "file").write_bytes(os.urandom(12_000_000))
        expected = files(station.files)
        station.define(bandwidth_limit=2_000_000)
        name = broken_off(station, station.chain)
        station.define()
        if is_lost:
            destroy_held(f"{station.disk}@{name}")
        ended = station.run()
        assert ended.status == "success", ended.reason
        said = "was cleared away" if is_lost else "was finished"
        assert name in ended.reason
        assert said in ended.reason
        assert (name in station.names()) != is_lost
        assert station.restored(f"{station.chain}@{ended.backup}") == expected
        check(station)


def test_a_strangers_part_is_left_alone(station: Station) -> None:
    station.good()
    (station.files / "file").write_bytes(os.urandom(3_000_000))
    (base,) = snapshots(station.disk)
    zfs("snapshot", f"{station.disk}@mine")
    words = ["zfs", "send", "-i", f"@{base}", f"{station.disk}@mine"]
    content = subprocess.run(words, capture_output=True, check=True).stdout
    subprocess.run(
        ["zfs", "receive", "-s", "-u", station.chain], input=content[:2_000_000], check=False
    )
    assert "which is none of its backups" in station.failed()
    assert len(token(station.chain)) > 1
