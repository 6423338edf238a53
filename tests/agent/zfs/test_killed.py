"""SIGKILL at any step of a dataset's run: the next run is well, and nothing is left over."""

from __future__ import annotations

import os
import random
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from agent.desk import RUN
from agent.executing import execute
from agent.killing import KILLED, STEPS, STRIDE, at_byte, last, points
from agent.zfs.pools import zfs
from agent.zfs.station import files, snapshots

if TYPE_CHECKING:
    from agent.zfs.station import Station

pytestmark = pytest.mark.hosts

LARGE = 2_000_000


def step(station: Station, number: int | str) -> bool:
    """Queue a run and kill its process at a step; tell whether it came that far."""
    with execute(station.desk, station.id, STEPS, str(number)) as process:
        return process.wait() == KILLED


def check(station: Station) -> None:
    """Hold what is there after a good run against what must be."""
    listed = [document["backup"] for document in station.listed()]
    assert snapshots(station.chain) == listed
    assert snapshots(station.disk) == listed[-1:]
    assert holds(station.disk) == [f"{station.disk}@{listed[-1]}\t1"]
    assert holds(station.chain) == []
    told = zfs("list", "-H", "-o", "name", "-r", f"{station.parent}/web01").split()
    assert not [name for name in told if "." in name]
    assert not [path.name for path in station.manifests.iterdir() if path.name.startswith(".")]
    assert copies(station) == [(station.manifests / f"{name}.json").read_text() for name in listed]


def holds(dataset: str) -> list[str]:
    """Return those snapshots of a dataset that are held, each with how often."""
    told = zfs("get", "-H", "-p", "-r", "-o", "name,value", "userrefs", dataset).splitlines()
    return [line for line in told if not line.endswith(("\t0", "\t-"))]


def copies(station: Station) -> list[str]:
    """Return the copies of manifests that a chain's snapshots bear."""
    told = zfs("get", "-H", "-r", "-o", "name,value", "holdfast:manifest", station.chain)
    pairs = (line.split("\t") for line in told.splitlines(keepends=True))
    return [value for name, value in pairs if "@" in name]


def kill_at(station: Station, number: int) -> bool:
    (station.files / "file").write_bytes(os.urandom(50_000))
    before = station.listed()
    came = step(station, number)
    recover(station, before)
    return came


def recover(station: Station, before: list[dict[str, Any]]) -> None:
    """Hold what is there after a kill against what was there before, and make a good run."""
    there = {document["backup"] for document in station.listed()}
    assert there, "the last good backup is gone"
    assert there <= set(snapshots(station.chain))
    assert before[-1]["backup"] in there
    station.good()
    check(station)
    assert station.restored(f"{station.chain}@{snapshots(station.chain)[-1]}") == files(
        station.files
    )


@pytest.mark.parametrize("number", [20, 40, 60, 75])
def test_killed_before_some_steps_of_an_increment(station: Station, number: int) -> None:
    station.define(retention={"last": 2})
    station.good()
    station.good()
    assert kill_at(station, number)


@pytest.mark.slow
def test_killed_before_each_step_of_an_increment(station: Station) -> None:
    station.define(retention={"last": 2})
    station.good()
    assert last(partial(kill_at, station)) > 30 * STRIDE


@pytest.mark.slow
def test_killed_at_any_byte_of_the_stream(station: Station) -> None:
    station.define(retention={"last": 2}, bandwidth_limit=2 * LARGE)
    station.good()
    chance = random.Random(4)  # noqa: S311 - any bytes will do
    for _ in range(8):
        (station.files / "file").write_bytes(os.urandom(LARGE))
        before = station.listed()
        with execute(station.desk, station.id, RUN) as process:
            at_byte(process, chance.randrange(LARGE))
        assert process.returncode == KILLED
        recover(station, before)


@pytest.mark.slow
def test_killed_before_each_step_of_the_first_backup(station: Station) -> None:
    (station.files / "file").write_bytes(os.urandom(50_000))
    for number in points():
        if not step(station, number):
            break
        ended = station.good()
        check(station)
        assert station.names()[-1] == ended
        station = station.another()
    assert number > 30 * STRIDE


@pytest.mark.parametrize(("asked", "word"), [("off", "off"), ("best-effort", "failed")])
def test_what_came_whole_before_a_kill_is_adopted(station: Station, asked: str, word: str) -> None:
    station.define(freeze=asked)  # the server has no guest agent
    expected = {"file": b"x" * 50_000}
    (station.files / "file").write_bytes(expected["file"])
    number = 30  # before that nothing is sent
    while step(station, number) and not incoming(station):
        station, number = station.another(), number + 2
        station.define(freeze=asked)
    (name,) = incoming(station)
    (station.files / "file").write_bytes(b"y")
    newest = station.good()
    assert station.names() == [name, newest]
    assert station.restored(f"{station.chain}@{name}") == expected
    adopted, _ = station.listed()
    assert adopted["content"] == adopted["stored"] != {"sha256": "", "size": 0}
    assert adopted["freeze"] == word


def incoming(station: Station) -> list[str]:
    """Return the snapshots that came whole, but not yet to their place."""
    told = zfs("list", "-H", "-t", "snapshot", "-o", "name", "-r", station.parent).split()
    return [each.partition("@")[2] for each in told if each.startswith(station.chain + ".incoming")]
