"""A disk that is a filesystem with volumes below it, which only OpenZFS has."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from agent.zfs import disks
from agent.zfs.bench import below, do, new, over
from agent.zfs.daemon import OPENZFS
from agent.zfs.pools import zfs
from agent.zfs.station import snapshots
from agent.zfs.test_recursive import define

if TYPE_CHECKING:
    from agent.zfs.station import Station

pytestmark = [
    pytest.mark.hosts,
    pytest.mark.skipif(not OPENZFS, reason="zfs-fuse has no volumes"),
]

PATHS = ("system", "data")


@pytest.fixture
def station(filesystem: Station) -> Station:
    """Return a station whose disk has two volumes below it."""
    define(filesystem, retention={"last": 2})
    for path in PATHS:
        zfs("create", "-s", "-V", "8M", f"{filesystem.disk}/{path}")
    return filesystem


def write(station: Station) -> dict[str, bytes]:
    """Change a piece of each volume; return all that they hold."""
    for number, path in enumerate(PATHS):
        with disks.opened(f"{station.disk}/{path}", "r+b") as device:
            device.seek(number << 20)
            device.write(os.urandom(100_000))
            os.fsync(device.fileno())
    return held(station.disk)


def held(top: str) -> dict[str, bytes]:
    return {path: disks.content(f"{top}/{path}") for path in PATHS}


def test_each_kept_backup_holds_all_volumes_of_its_moment(station: Station) -> None:
    made = {}
    for _ in range(3):
        expected = write(station)
        made[station.good()] = expected
    kept = list(made)[1:]
    assert station.names() == kept
    for path in PATHS:
        assert snapshots(f"{station.chain}/{path}") == kept
        assert snapshots(f"{station.disk}/{path}") == kept[-1:]
    assert station.listed()[-1]["content"]["size"] < 1_000_000
    for backup in kept:
        assert do(station, "verify", backup)["fault"] == ""
        target = f"{station.source}/of-{backup}"
        assert do(station, "restore", backup, **new(target))["type"] == "result"
        assert held(target) == made[backup]


def test_they_are_put_back_but_from_under_no_guest(station: Station) -> None:
    expected = write(station)
    backup = station.good()
    later = write(station)
    with disks.device(f"{station.disk}/data").open("rb"):
        refused = do(station, "restore", backup, **over(station))
    assert f"{station.disk}/data is in use by" in refused["message"]
    assert held(station.disk) == later
    done = do(station, "restore", backup, **over(station))
    assert (done["type"], done["told"]) == ("result", ""), done
    assert held(station.disk) == expected
    assert below(station.source) == [
        station.source,
        station.disk,
        *(f"{station.disk}/{path}" for path in sorted(PATHS)),
    ]
    write(station)
    assert station.run().reason == ""
    assert station.listed()[-1]["content"]["size"] < 1_000_000
