"""SIGKILL at any step of a run that makes a file against a base: nothing is left over or lost."""

from __future__ import annotations

import os
import random
from functools import partial
from typing import TYPE_CHECKING

import pytest

from agent.desk import RUN
from agent.executing import execute
from agent.killing import KILLED, STRIDE, at_byte, last
from agent.zfs.station import files, snapshots
from agent.zfs.test_incrementals import define, kinds, manifests, received, statuses
from agent.zfs.test_killed import holds, step

if TYPE_CHECKING:
    from agent.zfs.station import Station

pytestmark = pytest.mark.hosts

LARGE = 2_000_000


def kill_at(station: Station, number: int) -> bool:
    """Kill a run at a step and make a good one after it."""
    (station.files / "file").write_bytes(os.urandom(20_000))
    before = manifests(station)[-1]["backup"]
    came = step(station, number)
    recover(station, before)
    return came


def recover(station: Station, before: str) -> None:
    """Hold what is there after a kill to what must be, make a good run, and hold it again."""
    assert {status for status, _ in statuses(station).values()} == {"ok"}
    assert before in statuses(station)
    newest = station.good()
    folder = station.desk.nas / "web01/disk1"
    told = {
        name for each in manifests(station) for name in (each["file"], each["backup"] + ".json")
    }
    assert {path.name for path in folder.iterdir()} == told
    (base,) = snapshots(station.disk)
    assert holds(station.disk) == [f"{station.disk}@{base}\t1"]
    assert {status for status, _ in statuses(station).values()} == {"ok"}
    assert received(station, newest) == files(station.files)


@pytest.mark.parametrize("number", [12, 30, 48, 60])
def test_killed_before_some_steps(station: Station, number: int) -> None:
    station.desk.settle()
    define(station, base_every=2, retention={"last": 2})
    station.good()
    assert kill_at(station, number)


@pytest.mark.slow
def test_killed_before_each_step(station: Station) -> None:
    station.desk.settle()
    define(station, base_every=3, retention={"last": 2})
    station.good()
    assert last(partial(kill_at, station)) > 30 * STRIDE
    assert {kind for kind, _ in kinds(station)} == {"full", "incremental"}


@pytest.mark.slow
def test_killed_at_any_byte_of_the_stream(station: Station) -> None:
    station.desk.settle()
    define(station, base_every=2, retention={"last": 2}, bandwidth_limit=2 * LARGE)
    station.good()
    chance = random.Random(7)  # noqa: S311 - any bytes will do
    for _ in range(6):
        (station.files / "file").write_bytes(os.urandom(LARGE))
        before = manifests(station)[-1]["backup"]
        with execute(station.desk, station.id, RUN) as process:
            at_byte(process, chance.randrange(LARGE))
        assert process.returncode == KILLED
        recover(station, before)
    assert {kind for kind, _ in kinds(station)} == {"full", "incremental"}
