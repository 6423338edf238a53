"""SIGKILL at any moment: every backup that is listed is whole, and the next run is well."""

from __future__ import annotations

import contextlib
import hashlib
import os
import random
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from agent.desk import ID, Desk
from holdfast.agent.backups import listing
from holdfast.agent.jobs import runs, tickets
from holdfast.agent.jobs.runs import Run

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.slow  # one run after another is killed

# Runs the agent until it is about to change a file for the n-th time, then kills it.
STEPS = """
import os, sys
left = int(sys.argv[1])
changes = {"os.rename", "os.remove", "os.mkdir", "os.truncate"}
def watch(event, arguments):
    global left
    writes = event == "open" and isinstance(arguments[2], int) and arguments[2] & os.O_ACCMODE
    if event in changes or writes:
        left -= 1
        if not left:
            os.kill(os.getpid(), 9)
sys.addaudithook(watch)
from holdfast.agent.main import main
sys.exit(main(sys.argv[2:]))
"""

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
    sweep(tmp_path, [moments.uniform(0.02, 0.6) for _ in range(20)])


def step(desk: Desk, number: int) -> bool:
    """Queue a run and kill its process at a step; tell whether it came that far."""
    layout = desk.layout
    run = runs.begin(layout, Run("", ID, "prg", "manual"), datetime.now(UTC))
    ticket = tickets.write(layout, ID, run.run)
    done = subprocess.run(
        [sys.executable, "-c", STEPS, str(number), "execute", ticket.name],
        env={"HOLDFAST_ROOT": str(desk.root)},
        check=False,
    )
    return done.returncode == -signal.SIGKILL


@pytest.mark.slow
def test_killed_before_each_change_of_a_file(tmp_path: Path) -> None:
    desk = Desk(tmp_path).settle(content=CONTENT)
    desk.define(retention={"last": 1})
    assert desk.run("run", "prg", ID).returncode == 0
    number = 1
    while step(desk, number):
        check(desk)
        kept = listing.backups(str(desk.nas))
        assert kept, "the last good backup is gone"
        assert len(kept) <= 3
        number += 1
    assert number > 15
    check(desk)
    assert desk.run("run", "prg", ID).returncode == 0
    assert len(desk.names()) == 2
    assert tickets.listed(desk.layout) == []
