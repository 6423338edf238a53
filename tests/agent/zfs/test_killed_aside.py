"""SIGKILL at any step of a run that sets the old chain aside: nothing is lost, and it is said."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING

import pytest

from agent.killing import STRIDE, last
from agent.zfs.bench import below, brought
from agent.zfs.station import files, snapshots
from agent.zfs.test_aside import lose_base, statuses
from agent.zfs.test_faults import change
from agent.zfs.test_killed import holds, step
from holdfast.agent.jobs import runs

if TYPE_CHECKING:
    from agent.zfs.station import Station

pytestmark = pytest.mark.hosts

# Steps, each counted from a command of ZFS on, and what is there where a run is killed before it.
POINTS = [
    ("1@hold", {"disk1"}),
    ("1@rename", {"disk1", "disk1.incoming"}),  # whole, and yet without a manifest
    ("3@rename", {"disk1.moment", "disk1.incoming"}),
    ("4@rename", {"disk1", "disk1.moment"}),
    ("7@rename", {"disk1", "disk1.moment"}),
]


@pytest.fixture
def station(station: Station) -> Station:
    """Return a station whose chain holds one backup."""
    station.define(retention={"last": 3})
    change(station, 50_000)
    station.good()
    return station


def kill_at(station: Station, number: int | str) -> set[str]:
    """Kill a run that sets the chain aside, and make a good one.

    Returns what lay there between the two; nothing where the run was not killed.
    """
    names, held = station.names(), files(station.files)
    lose_base(station)
    change(station, 50_000)
    there = lying(station) if step(station, number) else set()
    assert {*names[-2:]} <= {*station.names()}  # one before these may be rotated already
    assert set(statuses(station)) == {"ok"}
    assert brought(station, names[-1]) == held
    newest = station.good()
    check(station, newest)
    assert brought(station, names[-1]) == held
    return there


def lying(station: Station) -> set[str]:
    """Return the datasets of the disk, by names in which each moment is the same."""
    found = (each.rpartition("/")[2] for each in below(f"{station.parent}/web01")[1:])
    return {re.sub(r"\.\d+_\d+$", ".moment", name) for name in found}


def check(station: Station, newest: str) -> None:
    """Hold what is there after a good run against what is there where nothing was killed."""
    first, *_ = snapshots(station.chain)
    aside = f"{station.chain}.{first.rpartition('-')[2]}"
    assert aside in below(f"{station.parent}/web01")
    said = "; ".join(run.reason for run in runs.read(station.desk.layout, station.id)[-2:])
    assert said.count(f"is set aside as {aside}") == 1
    there = [name for each in below(station.parent) for name in snapshots(each)]
    assert sorted(there) == station.names()[-3:] == station.names()
    assert snapshots(station.chain)[-1] == newest
    assert snapshots(station.disk) == [newest]
    assert holds(station.disk) == [f"{station.disk}@{newest}\t1"]
    assert holds(station.parent) == []
    assert f"{station.chain}.incoming" not in below(f"{station.parent}/web01")
    assert not [path for path in station.manifests.iterdir() if path.name.startswith(".")]


@pytest.mark.parametrize(("number", "there"), POINTS)
def test_killed_before_some_steps(station: Station, number: str, there: set[str]) -> None:
    assert kill_at(station, number) == there
    assert brought(station, station.names()[-1]) == files(station.files)


@pytest.mark.slow
def test_killed_before_each_step(station: Station) -> None:
    # Each takes some seconds.
    assert last(partial(kill_at, station), every=3) > 30 * STRIDE
