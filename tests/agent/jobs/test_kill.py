"""SIGKILL at any moment: every backup that is listed is whole, and the next run is well."""

from __future__ import annotations

import contextlib
import hashlib
import os
import random
import signal
import time
from typing import TYPE_CHECKING

import pytest

from agent.desk import ID, RUN, Desk
from agent.executing import execute
from agent.killing import KILLED, STEPS, at_byte, every_other
from holdfast.agent.backups import listing
from holdfast.agent.jobs import runs, tickets

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.slow  # one run after another is killed

CONTENT = random.Random(7).randbytes(3_000_000)  # noqa: S311 - any bytes will do


def kill_all(desk: Desk, dispatcher: int) -> None:
    """Kill the dispatcher and the child that it started, wherever they are."""
    os.kill(dispatcher, signal.SIGKILL)
    for run in runs.read(desk.layout, ID):
        if run.process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(run.process.pid, signal.SIGKILL)


def check(desk: Desk) -> None:
    """Hold every listed backup against its manifest."""
    for backup in listing.backups(str(desk.nas)):
        assert backup.manifest is not None, backup.fault
        assert backup.status == "ok", backup.fault
        stored = (desk.disk / backup.manifest.file).read_bytes()
        assert hashlib.sha256(stored).hexdigest() == backup.manifest.stored.sha256
        assert stored == CONTENT


def sweep(tmp_path: Path, points: list[float]) -> None:
    desk = Desk(tmp_path).settle(content=CONTENT)
    desk.define(retention={"last": 2})
    for point in points:
        with desk.start("run", "prg", ID) as process:
            time.sleep(point)
            kill_all(desk, process.pid)
            process.communicate()
        check(desk)
        recover(desk)


def recover(desk: Desk) -> None:
    """Run once more after a kill: nothing of it is left but a failed run."""
    # A child may have been started and not have said its number before its dispatcher died.
    assert desk.run("run", "prg", ID).returncode == 0
    assert tickets.listed(desk.layout) == []
    check(desk)
    statuses = [run.status for run in runs.read(desk.layout, ID)]
    assert statuses[-1] == "success"
    assert set(statuses) <= {"success", "failed"}
    names = desk.names()
    assert not [name for name in names if name.startswith(".")]
    assert len(names) == 2 * len(desk.manifests())
    sequences = [manifest["sequence"] for manifest in desk.manifests()]
    assert len(set(sequences)) == len(sequences)


def test_killed_at_some_moments(tmp_path: Path) -> None:
    sweep(tmp_path, [0.1, 0.2, 0.3])


@pytest.mark.slow
def test_killed_at_many_moments(tmp_path: Path) -> None:
    moments = random.Random(1)  # noqa: S311 - any moments will do
    sweep(tmp_path, [moments.uniform(0.02, 0.6) for _ in range(12)])


@pytest.mark.slow
def test_killed_before_each_step(tmp_path: Path) -> None:
    desk = Desk(tmp_path).settle(content=CONTENT)
    desk.define(retention={"last": 1})
    assert desk.run("run", "prg", ID).returncode == 0
    number, ended, recovers = 0, KILLED, every_other()
    while ended == KILLED:
        number += 1
        with execute(desk, ID, STEPS, str(number)) as process:
            ended = process.wait(60)
        check(desk)
        kept = listing.backups(str(desk.nas))
        assert kept, "the last good backup is gone"
        if next(recovers):
            recover(desk)
            # What a killed rotation owes the next one removes: then there is one again.
            assert len(desk.names()) == 2
    assert ended == 0
    assert number > 30
    recover(desk)


@pytest.mark.slow
def test_killed_at_any_byte_of_the_stream(tmp_path: Path) -> None:
    desk = Desk(tmp_path).settle(content=CONTENT)
    desk.define(retention={"last": 1})
    assert desk.run("run", "prg", ID).returncode == 0
    chance = random.Random(2)  # noqa: S311 - any bytes will do
    for _ in range(8):
        desk.define(retention={"last": 1}, bandwidth_limit=2 * len(CONTENT))
        before = desk.manifests()
        with execute(desk, ID, RUN) as process:
            at_byte(process, chance.randrange(len(CONTENT)))
        assert process.returncode == KILLED
        assert desk.manifests() == before
        check(desk)
        desk.define(retention={"last": 1})
        recover(desk)
        assert len(desk.names()) == 2
