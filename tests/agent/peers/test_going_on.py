"""A stream of another node that broke off goes on where it ended, which only OpenZFS can."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from agent.peers.test_snapshots import station
from agent.zfs.daemon import OPENZFS
from agent.zfs.station import files, snapshots
from agent.zfs.test_resuming import broken_off

if TYPE_CHECKING:
    from agent.peers.apart import Apart

__all__ = ["station"]

pytestmark = [
    pytest.mark.hosts,
    pytest.mark.skipif(not OPENZFS, reason="zfs-fuse has no tokens"),
]


def test_its_snapshot_outlives_the_session_and_the_next_run_finishes_it(station: Apart) -> None:
    (station.files / "file").write_bytes(os.urandom(12_000_000))
    expected = files(station.files)
    station.define(bandwidth_limit=2_000_000)
    name = broken_off(station, station.chain + ".incoming")
    assert snapshots(station.disk) == [name]
    station.define()
    (station.files / "file").write_bytes(b"later")
    ended = station.run()
    assert ended.status == "success", ended.reason
    assert f"{name} had broken off and was finished" in ended.reason
    assert station.names() == [name, ended.backup] == snapshots(station.chain)
    assert station.restored(f"{station.chain}@{name}") == expected
    assert station.restored(f"{station.chain}@{ended.backup}") == files(station.files)
    assert snapshots(station.disk) == [ended.backup]
