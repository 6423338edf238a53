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
from agent.zfs.test_recursive import add, family, restored, take_away, tree
from holdfast.agent.stores.whereabouts import is_aside

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


def test_a_strangers_snapshot_in_a_child_set_aside_hinders_no_run(filesystem: Station) -> None:
    station = family(filesystem)
    first, held = station.good(), tree(station)
    for path in ("data/deep", "data"):
        take_away(station, path)
    add(station, "data")
    aside = f"{station.chain}/data.{station.good().partition('-')[2]}"
    for dataset in (aside, f"{aside}/deep"):
        zfs("snapshot", f"{dataset}@look")
    assert station.run().reason == ""
    assert snapshots(aside) == snapshots(f"{aside}/deep") == [first, "look"]
    assert restored(station, first) == held


@pytest.mark.parametrize("name", ["data.v2", "data.20261122", "20261122_050000"])
def test_a_child_whose_own_name_has_dots_is_still_received_into(
    filesystem: Station, name: str
) -> None:
    station = family(filesystem)
    add(station, name)
    station.good()
    zfs("snapshot", f"{station.chain}/{name}@look")
    assert f"{station.chain}/{name} was modified: snapshot @look is none" in station.failed()


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/data.20261122_050000", True),
        ("/data/deep.20261122_050000/deeper", True),
        ("/data.v2.20261122_050000", True),
        ("/data.20261122_050000.v2", False),
        ("/data.20261122-050000", False),
        ("/data.2026112_0500000", False),
        ("/data20261122_050000", False),
        ("/data.\u0662\u0660261122_050000", False),
        ("", False),
    ],
)
def test_only_a_moment_at_the_end_of_a_name_tells_that_a_child_was_set_aside(
    path: str, expected: object
) -> None:
    assert is_aside(path) is expected
