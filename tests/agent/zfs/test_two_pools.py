"""Two definitions of one disk, to two pools: each has a base of its own, each backup its moment."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from agent.zfs.bench import brought
from agent.zfs.pools import pool
from agent.zfs.station import files, snapshots

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from agent.zfs.station import Station

pytestmark = pytest.mark.hosts


@pytest.fixture
def elsewhere(station: Station, tmp_path: Path) -> Iterator[str]:
    """Return a storage, `other`, in a pool of its own."""
    with pool(tmp_path, f"hf{os.getpid()}two") as name:
        parent = f"{name}/other"
        station.store("other", parent)
        yield parent


def write(station: Station, content: str) -> dict[str, bytes]:
    """Change the disk, as little as can be; return what is on it."""
    (station.files / "file").write_text(content * 1000)
    return files(station.files)


def test_each_goes_on_from_its_own_base_and_each_backup_is_what_the_disk_was(
    station: Station, elsewhere: str
) -> None:
    (station.files / "same").write_bytes(os.urandom(200_000))
    second = station.define(
        definition="weekly", storage="other", place=elsewhere, retention={"last": 2}
    )
    here, there = {}, {}
    for number in range(3):
        held = write(station, f"daily {number}")
        here[station.good()] = held
        held = write(station, f"weekly {number}")
        there[station.good(second)] = held
    assert snapshots(station.chain) == list(here)
    assert snapshots(f"{elsewhere}/web01/disk1") == list(there)[1:]
    assert sorted(snapshots(station.disk)) == [list(here)[-1], list(there)[-1]]
    sizes = [document["stored"]["size"] for document in station.listed()]
    assert max(sizes[1:]) < sizes[0]
    for backup, held in here.items():
        assert brought(station, backup) == held
    for backup in list(there)[1:]:
        assert brought(station, backup, "other") == there[backup]
