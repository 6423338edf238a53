"""A dataset's backup as a file: its stream, packed, and received again by plain tools."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

import pytest

from agent.zfs.pools import zfs
from agent.zfs.station import files, snapshots

if TYPE_CHECKING:
    from pathlib import Path

    from agent.zfs.station import Station

pytestmark = pytest.mark.hosts


@pytest.fixture
def identity(station: Station) -> str:
    """Define a file backup of the dataset in a directory, with whatever a test changes."""
    station.desk.settle()
    return define(station)


def define(station: Station, **changes: object) -> str:
    return station.define(type="file", storage="nas", place="/mnt/nas", **changes)


def stored(station: Station) -> Path:
    (found,) = (station.desk.nas / "web01/disk1").glob("daily-*.zfs*")
    return found


def received(station: Station, content: bytes) -> dict[str, bytes]:
    target = f"{station.source}/received"
    subprocess.run(["zfs", "receive", target], input=content, check=True)
    with station.opened(target) as folder:
        return files(folder)


def test_a_stream_file_is_received_again(station: Station, identity: str) -> None:
    (station.files / "file").write_bytes(os.urandom(2_000_000))
    expected = files(station.files)
    station.good(identity)
    assert stored(station).suffix == ".zfs"
    assert snapshots(station.disk) == []
    assert received(station, stored(station).read_bytes()) == expected


def test_a_packed_stream_file_opens_with_the_formats_own_programs(
    station: Station, identity: str, tmp_path: Path
) -> None:
    key = tmp_path / "key"
    made = subprocess.run(["age-keygen", "-o", str(key)], capture_output=True, check=True)
    define(station, compression="gzip", encrypt_to=[made.stderr.decode().split()[-1]])
    (station.files / "file").write_bytes(b"secret" * 100_000)
    expected = files(station.files)
    station.good(identity)
    assert stored(station).name.endswith(".zfs.gz.age")
    opened = subprocess.run(
        ["age", "-d", "-i", str(key), str(stored(station))], capture_output=True, check=True
    )
    content = subprocess.run(
        ["gzip", "-d"], input=opened.stdout, capture_output=True, check=True
    ).stdout
    assert received(station, content) == expected


def test_what_a_killed_run_left_on_the_source_goes_with_the_next(
    station: Station, identity: str
) -> None:
    marks = ("holdfast:inventory=prg", f"holdfast:keeper={identity}")
    left = f"{station.disk}@daily-20261101_000000_000000"
    zfs("snapshot", "-o", marks[0], "-o", marks[1], left)
    zfs("hold", "holdfast", left)
    zfs("snapshot", f"{station.disk}@mine")
    station.good(identity)
    assert snapshots(station.disk) == ["mine"]
