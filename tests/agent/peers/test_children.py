"""A disk of another node with child datasets: all of them come, each from its own base."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from agent.peers.apart import with_pools
from agent.zfs import disks
from agent.zfs.pools import zfs
from agent.zfs.station import snapshots
from agent.zfs.test_recursive import add, restored, tree, write

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from agent.peers.apart import Apart

pytestmark = pytest.mark.hosts


@pytest.fixture
def station(tmp_path: Path) -> Iterator[Apart]:
    with with_pools(tmp_path, disks.Filesystem()) as station:
        yield station


def test_children_of_a_disk_elsewhere_are_of_one_moment(station: Apart) -> None:
    station.define(scope={"recursive": True}, retention={"last": 2})
    add(station, "data")
    first = station.good()
    add(station, "late")
    write(station, "data")
    held = tree(station)
    second = station.good()
    assert station.names() == [first, second]
    assert list(station.listed()[-1]["children"]) == ["data", "late"]
    assert restored(station, second) == held
    for path in ("", "/data", "/late"):
        assert snapshots(station.disk + path) == [second]
    third = station.good()
    assert station.names() == [second, third]
    assert zfs("list", "-H", "-o", "name", "-r", station.chain).split() == [
        station.chain,
        f"{station.chain}/data",
        f"{station.chain}/late",
    ]
