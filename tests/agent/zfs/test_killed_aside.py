"""SIGKILL at any step of a run that sets the old chain aside: nothing is lost, and it is said."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from agent.killing import STRIDE
from agent.zfs.bench import below, brought
from agent.zfs.station import files, snapshots
from agent.zfs.test_aside import lose_base, statuses, write
from agent.zfs.test_killed import step
from holdfast.agent.jobs import runs

if TYPE_CHECKING:
    from agent.zfs.station import Station

pytestmark = pytest.mark.hosts

# From the first rename on: before it, between the two, after both, and at the manifest.
RENAMES = [f"{number}@rename" for number in (1, 2, 3, 6)]


@pytest.fixture
def station(station: Station) -> Station:
    """Return a station whose chain holds one backup."""
    station.define(retention={"last": 3})
    write(station, 50_000)
    station.good()
    return station


def kill_at(station: Station, number: int | str) -> bool:
    """Kill a run that sets the chain aside; make a good one, and tell whether it came that far."""
    names, held = station.names(), files(station.files)
    lose_base(station)
    write(station, 50_000)
    came = step(station, number)
    assert {*names[-2:]} <= {*station.names()}  # one before these may be rotated already
    assert set(statuses(station)) == {"ok"}
    assert brought(station, names[-1]) == held
    newest = station.good()
    check(station, newest)
    assert brought(station, names[-1]) == held
    return came


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
    assert f"{station.chain}.incoming" not in below(f"{station.parent}/web01")
    assert not [path for path in station.manifests.iterdir() if path.name.startswith(".")]


@pytest.mark.parametrize("number", [45, *RENAMES])
def test_killed_before_some_steps(station: Station, number: int | str) -> None:
    assert kill_at(station, number)
    assert brought(station, station.names()[-1]) == files(station.files)


@pytest.mark.slow
def test_killed_before_each_step(station: Station) -> None:
    number = 1
    while kill_at(station, number):
        number += 3 * STRIDE  # each takes some seconds; the next one restores the newest, too
    assert number > 30 * STRIDE
