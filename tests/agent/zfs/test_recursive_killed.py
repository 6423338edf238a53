"""SIGKILL at any step of a run that takes children along: a backup of all of them, or none."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pytest

from agent.killing import STRIDE, last
from agent.zfs.bench import below, told
from agent.zfs.station import snapshots
from agent.zfs.test_killed import holds, step
from agent.zfs.test_recursive import define, family, restored, tree, write

if TYPE_CHECKING:
    from agent.zfs.station import Station

pytestmark = pytest.mark.hosts


@pytest.fixture
def station(filesystem: Station) -> Station:
    """Return a station whose disk has a child and a grandchild."""
    return family(filesystem)


def check(station: Station) -> None:
    listed = station.names()
    for path in ("", "/data", "/data/deep"):
        assert snapshots(station.chain + path) == listed
        assert snapshots(station.disk + path) == listed[-1:]
        assert f"{station.disk}{path}@{listed[-1]}\t1" in holds(station.disk)
    assert len(holds(station.disk)) == 3
    assert holds(station.chain) == []
    assert len(below(f"{station.parent}/web01")) == 4


def kill_at(station: Station, number: int) -> bool:
    write(station, "data/deep")
    before = station.names()
    came = step(station, number)
    assert before[-1] in station.names()
    assert {status for status, *_ in told(station).values()} == {"ok"}
    made = station.good()
    check(station)
    if number % 8 == 1:  # what is restored fills the pool
        assert restored(station, made) == tree(station)
    return came


@pytest.mark.parametrize("number", [20, 50, 80, 105])
def test_killed_before_some_steps(station: Station, number: int) -> None:
    define(station, retention={"last": 2})
    station.good()
    station.good()
    assert kill_at(station, number)


@pytest.mark.slow
def test_killed_before_each_step(station: Station) -> None:
    define(station, retention={"last": 2})
    station.good()
    assert last(partial(kill_at, station)) > 50 * STRIDE
