"""Where a backup's snapshots may lie: what is listed as there is what can be restored."""

from __future__ import annotations

import itertools
import subprocess
import time
from typing import TYPE_CHECKING

import pytest

from agent.zfs.bench import do, new, told
from agent.zfs.pools import is_there, zfs
from agent.zfs.station import snapshots
from agent.zfs.test_recursive import family

if TYPE_CHECKING:
    from agent.zfs.station import Station

pytestmark = pytest.mark.hosts

_NUMBERS = itertools.count(1)


def assert_lost(station: Station, backup: str, why: str) -> None:
    """Assert that all say of a backup that it is not there, and that nothing was put down."""
    name = f"web01:1/{backup}"
    assert told(station)[name][0] == "lost"
    assert do(station, "verify", backup)["fault"] == why
    refused = do(station, "restore", backup, **new(f"{station.source}/back"))
    assert refused["message"].startswith(f"{name} is lost: {why}")
    assert not is_there(f"{station.source}/back")


def assert_there(station: Station, backup: str) -> None:
    """Assert that all say of a backup that it is there."""
    assert told(station)[f"web01:1/{backup}"][0] == "ok"
    assert do(station, "verify", backup)["fault"] == ""
    target = f"{station.source}/back{next(_NUMBERS)}"
    done = do(station, "restore", backup, **new(target))
    assert done["type"] == "result", done


def test_a_chain_that_was_moved_away_is_lost_until_it_is_back(station: Station) -> None:
    station.define(retention={"last": 1})
    first = station.good()
    kept = f"{station.chain}-keep"
    zfs("rename", station.chain, kept)
    assert_lost(station, first, f"snapshot @{first} is missing")
    time.sleep(1.1)  # its moment names it, and nothing at either side bears that of the first
    second = station.good()
    # What is lost makes nothing go, and nothing goes of it.
    assert station.names() == [first, second]
    assert snapshots(kept) == [first]
    assert_lost(station, first, f"snapshot @{first} is missing")
    zfs("rename", kept, f"{station.chain}.keep")  # beside the new one, as one set aside lies
    for backup in (first, second):
        assert_there(station, backup)


def test_a_chain_of_another_disk_holds_no_backup_of_this_one(station: Station) -> None:
    first = station.good()
    zfs("rename", station.chain, f"{station.chain}0")  # disk10, whose name begins alike
    assert_lost(station, first, f"snapshot @{first} is missing")
    zfs("rename", f"{station.chain}0", station.chain)
    assert_there(station, first)


def test_a_child_may_lie_anywhere_in_its_disk_and_nowhere_else(filesystem: Station) -> None:
    station = family(filesystem)
    first = station.good()
    data, elsewhere = f"{station.chain}/data", f"{station.parent}/web01/data"
    zfs("rename", data, f"{data}-keep")
    assert_there(station, first)
    zfs("rename", f"{data}-keep", elsewhere)
    assert_lost(station, first, f"snapshot @{first} of data is missing")
    zfs("rename", elsewhere, data)
    assert_there(station, first)


def test_a_snapshot_that_lies_there_twice_does_not_stand_for_another(filesystem: Station) -> None:
    station = family(filesystem)
    first = station.good()
    zfs("destroy", f"{station.chain}/data/deep@{first}")
    with subprocess.Popen(
        ["zfs", "send", f"{station.chain}/data@{first}"], stdout=subprocess.PIPE
    ) as sending:
        copy = ["zfs", "receive", "-u", f"{station.chain}/copy"]
        subprocess.run(copy, stdin=sending.stdout, check=True)
    assert_lost(station, first, f"snapshot @{first} of data/deep is missing")
