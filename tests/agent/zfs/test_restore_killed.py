"""SIGKILL at each step of a dataset's restore: there is the old data or the new, and whole."""

from __future__ import annotations

import contextlib
import itertools
import os
import random
import subprocess
import time
from typing import TYPE_CHECKING

import pytest

from agent.acts.counter import rpc
from agent.desk import RUN
from agent.killing import KILLED, STEPS, at_byte
from agent.zfs import bench
from agent.zfs.bench import below, over, request
from agent.zfs.leftovers import lying, of_run
from agent.zfs.pools import is_there, zfs
from agent.zfs.station import files
from holdfast.agent.restoring import staging

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agent.zfs.station import Station

pytestmark = pytest.mark.hosts

LARGE = 600_000
OLD = {"file": b"what was there before"}
KINDS: dict[str, dict[str, object]] = {
    "dataset": {},
    "file": {"type": "file", "storage": "nas", "place": "/mnt/nas", "compression": "gzip"},
}


def prepared(station: Station, kind: str, **changes: object) -> tuple[bytes, dict[str, bytes]]:
    """Return the request for a restore, and what it brings."""
    identity = station.id
    if kind == "file":
        station.desk.settle()
    if kind == "file" or changes:
        identity = station.define(**KINDS[kind], **changes)
    (station.files / "file").write_bytes(os.urandom(LARGE))
    expected = files(station.files)
    storage = "nas" if kind == "file" else "zones"
    return request(
        station, "restore", station.good(identity), storage=storage, **over(station)
    ), expected


def reset(station: Station) -> None:
    (station.files / "file").write_bytes(OLD["file"])


@contextlib.contextmanager
def restoring(
    station: Station, content: bytes, *words: str, program: str = RUN
) -> Iterator[subprocess.Popen[bytes]]:
    """Restore over the disk, left alone meanwhile, and wait for what switches in the end."""
    with (
        station.kind.idle(station.disk, station.files),
        rpc(station.desk, content, *words, program=program) as process,
    ):
        yield process
        settled(station)


def killed(station: Station, content: bytes, number: int) -> bool:
    """Kill a restore before a step; tell whether it came that far."""
    with restoring(station, content, str(number), program=STEPS) as process:
        process.communicate()
    assert process.returncode in (0, KILLED)
    return process.returncode == KILLED


def finish(station: Station, content: bytes, expected: dict[str, bytes]) -> None:
    """A restore after the kill comes to its end and clears what the killed one left."""
    with restoring(station, content) as process:
        out, err = process.communicate()
    assert (process.returncode, b'"result"' in out, err) == (0, True, b"")
    assert files(station.files) == expected
    assert below(station.source) == [station.source, station.disk]


def settled(station: Station) -> None:
    """Wait for the process of its own that switches, should it be at work."""
    command = ["pgrep", "-f", f"switch replace {station.disk}"]
    while subprocess.run(command, capture_output=True, check=False).returncode == 0:
        time.sleep(0.05)


@pytest.mark.parametrize("number", [4, 9, 14, 19])
def test_killed_before_some_steps_it_leaves_old_or_new(station: Station, number: int) -> None:
    content, expected = prepared(station, "dataset")
    reset(station)
    assert killed(station, content, number)
    assert files(station.files) in (OLD, expected)
    finish(station, content, expected)


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["dataset", "file"])
def test_killed_before_each_step_it_leaves_old_or_new(station: Station, kind: str) -> None:
    content, expected = prepared(station, kind, retention={"last": 99})
    finish(station, content, expected)
    step, seen, came, clean = 0, set(), True, lying(station)
    # In between one kill comes upon what another left.
    follows = itertools.cycle(random.sample(("restore", "run", "another kill"), 3))
    while came:
        reset(station)
        step += 1
        came = killed(station, content, step)
        there = files(station.files)
        assert there in (OLD, expected)
        seen.add(there == OLD)
        follow = next(follows)
        if follow == "restore":
            finish(station, content, expected)
            assert lying(station) == clean
        elif follow == "run":
            station.good()
            assert lying(station) == of_run(station, clean)
    assert step > 30
    assert seen == {True, False}
    finish(station, content, expected)
    assert lying(station) == clean


@pytest.mark.slow
def test_killed_at_any_moment_it_leaves_old_or_new(station: Station) -> None:
    content, expected = prepared(station, "dataset")
    finish(station, content, expected)
    clean = lying(station)
    chance = random.Random(5)  # noqa: S311 - any moments will do
    for _ in range(8):
        reset(station)
        with restoring(station, content) as process:
            time.sleep(chance.uniform(0.05, 0.8))
            process.kill()
            process.communicate()
        assert files(station.files) in (OLD, expected)
        finish(station, content, expected)
        assert lying(station) == clean


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["dataset", "file"])
def test_killed_at_any_byte_of_the_stream_it_leaves_the_old(station: Station, kind: str) -> None:
    content, expected = prepared(station, kind, bandwidth_limit=LARGE)
    chance, clean = random.Random(6), set[str]()  # noqa: S311 - any bytes will do
    for _ in range(6):
        reset(station)
        with restoring(station, content) as process:
            at_byte(process, chance.randrange(LARGE * 3 // 4))  # what is killed later may be done
        assert process.returncode == KILLED
        assert files(station.files) == OLD
        assert {told for told, *_ in bench.told(station).values()} == {"ok"}
        finish(station, content, expected)
        clean = clean or lying(station)
        assert lying(station) == clean


def test_after_a_power_cut_between_the_renames_a_run_puts_the_old_back(filesystem: Station) -> None:
    station = filesystem
    reset(station)
    station.good()
    staging.make(station.disk)
    zfs("unmount", station.disk)
    zfs("set", "holdfast:mounted=yes", f"{station.disk}.holdfast-restore")
    zfs("rename", station.disk, staging.aside(station.disk))
    assert not is_there(station.disk)
    station.good()
    assert files(station.files) == OLD
    assert below(station.source) == [station.source, station.disk]


def test_a_dataset_that_bears_no_mark_of_ours_is_left_alone(filesystem: Station) -> None:
    station = filesystem
    content, _ = prepared(station, "dataset")
    other = f"{station.disk}.holdfast-restore"
    zfs("create", other)
    with rpc(station.desk, content) as process:
        out, _ = process.communicate(timeout=600)
    assert b"is none of ours: move it out of the way" in out
    assert is_there(other)
    station.good()
    assert is_there(other)
