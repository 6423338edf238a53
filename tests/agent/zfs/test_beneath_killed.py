"""SIGKILL of a run that reads an image from a snapshot: the next run on the node destroys it."""

from __future__ import annotations

import os
import signal
from typing import TYPE_CHECKING

import pytest

from agent.desk import ID
from agent.executing import execute
from agent.killing import KILLED, STEPS, points
from agent.queueing import define
from agent.zfs.images import THEIRS, Ground, settled
from agent.zfs.pools import patiently, zfs
from agent.zfs.station import snapshots
from holdfast.agent.jobs import runs
from holdfast.agent.setup import sweep

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from agent.zfs.station import Station

pytestmark = pytest.mark.hosts


@pytest.fixture
def ground(tmp_path: Path) -> Iterator[Ground]:
    with settled(tmp_path) as ground:
        yield ground


def killed(ground: Ground) -> None:
    """Kill a run while it reads; what it took stays."""
    with ground.reading() as running:
        process = runs.read(ground.desk.layout, ID)[-1].process
        assert process is not None
        os.kill(process.pid, signal.SIGKILL)
        running.communicate()
    assert any("holdfast-image" in name for name in ground.taken())


def good(ground: Ground, identity: str = ID) -> None:
    """Make a good run, after which nothing is left of one that was killed."""
    ground.desk.run("run", "prg", identity)
    last = runs.read(ground.desk.layout, identity)[-1]
    assert (last.status, last.reason) == ("success", "")
    assert ground.taken() == THEIRS
    assert not list(ground.desk.root.glob("var/lib/holdfast/prg/beneath/*.json"))
    assert not list(ground.desk.root.glob("run/holdfast/*image*"))


def step(ground: Ground, number: int) -> bool:
    """Kill a run at a step, then make a good one, with a writer; tell whether it came so far."""
    with execute(ground.desk, ID, STEPS, str(number)) as process:
        came = process.wait() == KILLED
    with ground.image.open("r+b"):
        good(ground)
    return came


@pytest.mark.parametrize("number", [6, 9, 10, 11, 12, 13, 20])
def test_killed_before_some_steps(ground: Ground, number: int) -> None:
    assert step(ground, number)


@pytest.mark.slow
def test_killed_before_each_step(ground: Ground) -> None:
    assert next(number for number in points() if not step(ground, number)) > 30


def test_what_a_killed_run_left_is_found_though_all_has_moved(ground: Ground) -> None:
    """The image is another definition's by now, elsewhere, and the filesystem has a new name."""
    killed(ground)
    moved = Ground(ground.desk, ground.dataset + "-moved")
    ground.image.unlink()
    patiently("zfs", "rename", ground.dataset, moved.dataset)
    other = define(ground.desk, "web02", None)
    good(moved, other)


@pytest.mark.parametrize("content", ["", "{}"])
def test_a_damaged_record_hinders_no_run(ground: Ground, content: str) -> None:
    killed(ground)
    (record,) = ground.desk.root.glob("var/lib/holdfast/prg/beneath/*.json")
    record.write_text(content)
    with ground.image.open("r+b"):
        good(ground)


def test_an_apply_destroys_it_too(ground: Ground) -> None:
    killed(ground)
    sweep.sweep(ground.desk.layout)
    assert ground.taken() == THEIRS


def test_what_somebody_holds_stays_and_is_told_where_it_matters(ground: Ground) -> None:
    killed(ground)
    (name,) = (name for name in snapshots(ground.dataset) if "holdfast-image" in name)
    zfs("hold", "theirs", f"{ground.dataset}@{name}")
    assert (ground.run().status, ground.taken()) == ("success", [*THEIRS, name])
    with ground.image.open("r+b"):
        ended = ground.run()
    assert ended.status == "failed"
    assert f"{ground.dataset}@{name} is held: `zfs release" in ended.reason
    zfs("release", "theirs", f"{ground.dataset}@{name}")
    good(ground)


def test_backups_of_the_filesystem_itself_are_not_confused(filesystem: Station) -> None:
    station = filesystem
    zfs("set", f"mountpoint={station.desk.root / 'images'}", station.disk)
    ground = Ground(station.desk.settle(content=os.urandom(3_000_000)), station.disk)
    backups = [station.good()]
    killed(ground)
    backups.append(station.good())
    assert [document["stored"]["size"] < 1_000_000 for document in station.listed()] == [
        False,
        True,
    ]
    ground.slow()
    ground.desk.run("run", "prg", ID)
    backups.append(station.good())
    assert station.names() == snapshots(station.chain) == backups
    assert snapshots(station.disk) == backups[-1:]
