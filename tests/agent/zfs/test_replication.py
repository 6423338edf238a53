"""Backups of a dataset from its snapshot to the rotation and the restore, on real ZFS."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from agent.zfs.bench import do, new
from agent.zfs.station import files, snapshots

if TYPE_CHECKING:
    from agent.zfs.station import Station

pytestmark = pytest.mark.hosts


def test_ten_increments_and_each_kept_one_is_what_the_source_was(station: Station) -> None:
    held = {}
    station.define(retention={"last": 3})
    (station.files / "big").write_bytes(os.urandom(3_000_000))
    for number in range(11):
        (station.files / f"file{number}").write_bytes(os.urandom(10_000))
        (station.files / "same").write_bytes(os.urandom(10_000))
        expected = files(station.files)
        held[station.good()] = expected
    kept = list(held)[-3:]
    assert snapshots(station.chain) == kept
    assert snapshots(station.disk) == kept[-1:]
    listed = station.listed()
    assert [document["backup"] for document in listed] == kept
    assert all(document["stored"]["size"] < 1_000_000 for document in listed)
    for number, backup in enumerate(kept):
        target = f"{station.source}/new{number}"
        assert do(station, "restore", backup, **new(target))["type"] == "result"
        with station.opened(target) as folder:
            assert files(folder) == held[backup]
