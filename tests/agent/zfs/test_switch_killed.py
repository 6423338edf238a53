"""SIGKILL at each step of putting a restored dataset in place: the next run brings it to an end."""

from __future__ import annotations

import itertools
import os
import signal
import subprocess
import sys
import time
from functools import partial
from itertools import takewhile
from typing import TYPE_CHECKING

import pytest

from agent.acts.counter import rpc
from agent.desk import RUN
from agent.killing import KILLED, STEPS
from agent.zfs.bench import below
from agent.zfs.leftovers import lying, of_run
from agent.zfs.pools import zfs
from agent.zfs.station import files, snapshots
from agent.zfs.test_restore_killed import OLD, prepared, reset, restoring, settled
from holdfast.agent import locks
from holdfast.agent.jobs import claims
from holdfast.agent.restoring import staging

if TYPE_CHECKING:
    from agent.zfs.station import Station

pytestmark = pytest.mark.hosts


def kill_at(
    station: Station, content: bytes, expected: dict[str, bytes], clean: set[str], number: int
) -> bool:
    """Kill the switch of a restore before a step; a run after it finds the old data or the new.

    Nothing of either is left over then: all that lies there is what lay there before, `clean`.
    """
    reset(station)
    with restoring(station, content, "1@switch", program=STEPS) as process:
        process.communicate()
        words = [STEPS, str(number), "switch", "replace", station.disk]
        environment = {"HOLDFAST_ROOT": str(station.desk.root)}
        argv = [sys.executable, "-c", *words]
        done = subprocess.run(argv, env=environment, capture_output=True, check=False)
        assert (process.returncode, done.returncode in (0, KILLED)) == (KILLED, True), done
        station.good()  # between the renames there is no disk that a guest could use
    assert files(station.files) in (OLD, expected)
    assert below(station.source) == [station.source, station.disk]
    assert len(snapshots(station.disk)) == 1  # the base of the next run
    assert lying(station) == of_run(station, clean)
    return done.returncode == KILLED


@pytest.mark.parametrize("number", [3, 8, 13])
def test_killed_before_some_steps_the_next_run_ends_it(station: Station, number: int) -> None:
    content, expected = prepared(station, "dataset")
    zfs("set", "compression=gzip", station.disk)
    assert kill_at(station, content, expected, lying(station), number)
    assert zfs("get", "-H", "-o", "value", "compression", station.disk).strip() == "gzip"


@pytest.mark.slow
def test_killed_before_each_step_the_next_run_ends_it(station: Station) -> None:
    station.define(retention={"last": 99})
    content, expected = prepared(station, "dataset")
    kill = partial(kill_at, station, content, expected, lying(station))
    killed = takewhile(kill, itertools.count(1))
    assert sum(1 for _ in killed) > 24  # each of them: there is no later step to make up for one


def switching(station: Station, process: subprocess.Popen[bytes]) -> int:
    """Return the process that switches as soon as a restore has started it."""
    argv = ["pgrep", "-f", f"switch replace {station.disk}"]
    while not (found := subprocess.run(argv, capture_output=True, check=False).stdout):
        assert process.poll() is None
        time.sleep(0.005)
    return int(found.split()[0])


def test_what_switches_holds_the_target_when_the_restore_is_killed(station: Station) -> None:
    content, expected = prepared(station, "dataset")
    reset(station)
    name = claims.source(station.desk.layout, "dataset", station.disk)
    path = os.path.join(station.desk.layout.run, name)
    with station.kind.idle(station.disk, station.files):
        with rpc(station.desk, content, program=RUN) as process:
            number = switching(station, process)
            os.kill(number, signal.SIGSTOP)
            process.kill()
            process.communicate()
        assert locks.take(path) is None
        os.kill(number, signal.SIGCONT)
        settled(station)
    assert files(station.files) == expected
    with locks.tried(path) as free:
        assert free


def killed_between_the_renames(station: Station) -> None:
    """Kill a switch when the old dataset is aside and the new one not in its place."""
    content, _ = prepared(station, "dataset")
    reset(station)
    with rpc(station.desk, content, "1@switch", program=STEPS) as process:
        process.communicate()
    words = [STEPS, f"1@{staging.place(station.disk)}", "switch", "replace", station.disk]
    environment = {"HOLDFAST_ROOT": str(station.desk.root)}
    done = subprocess.run([sys.executable, "-c", *words], env=environment, check=False)
    assert done.returncode == KILLED


def test_a_dataset_made_between_the_renames_destroys_nothing(filesystem: Station) -> None:
    station = filesystem
    killed_between_the_renames(station)
    zfs("create", "-o", "canmount=off", station.disk)
    assert f"{station.disk} is neither the old dataset" in station.failed()
    zfs("destroy", station.disk)
    station.good()
    assert files(station.files) == OLD
    assert below(station.source) == [station.source, station.disk]


@pytest.mark.parametrize(("freeze", "status"), [("off", "warning"), ("required", "failed")])
def test_what_is_put_back_but_cannot_be_mounted_is_told_of(
    filesystem: Station, freeze: str, status: str
) -> None:
    station = filesystem
    killed_between_the_renames(station)
    station.define(freeze=freeze)  # which no guest agent is there for
    in_the_way = station.desk.root / "in-the-way"
    in_the_way.write_text("a file")
    zfs("set", f"mountpoint={in_the_way}/disk", staging.aside(station.disk))
    ended = station.run()
    assert ended.status == status
    assert f"{station.disk}: it is not mounted: " in ended.reason


def test_what_switches_is_killed_alone_and_the_restore_ends_it(station: Station) -> None:
    content, expected = prepared(station, "dataset")
    reset(station)
    with restoring(station, content) as process:
        os.kill(switching(station, process), signal.SIGKILL)
        out, _ = process.communicate()
    assert b"ended early (exit status -9): look which data is there" in out
    assert files(station.files) in (OLD, expected)
    assert below(station.source) == [station.source, station.disk]
