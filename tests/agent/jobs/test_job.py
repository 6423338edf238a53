"""Jobs and dispatchers that die: what is left of them, and who takes over."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from agent.desk import Desk
from agent.queueing import STUCK, define, queue, serve_and_watch, statuses, stored, wait
from holdfast.agent import process
from holdfast.agent.jobs import run as starter
from holdfast.agent.jobs import runs, tickets, verdict
from holdfast.agent.jobs.job import Job


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path).settle()


def test_a_run_that_was_started_goes_on_without_its_starter(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOLDFAST_ROOT", str(desk.root))
    name = define(desk, "vm1", rate=None)
    started = starter.start(desk.layout, name)
    wait(lambda: statuses(desk, name) == ["success"])
    assert [run.run for run in runs.read(desk.layout, name)] == [started]


@pytest.mark.slow
def test_a_job_outlives_its_dispatcher_and_keeps_its_slot_and_source(desk: Desk) -> None:
    desk.settle(slots=1)
    first, second = define(desk, "vm1", rate=4000), define(desk, "vm2")
    queue(desk, first)
    with desk.start("run", "--queue") as process:
        wait(lambda: "running" in statuses(desk, first))
        process.kill()
    queue(desk, second)
    seen = serve_and_watch(desk, (desk, first), (desk, second))
    assert frozenset({("prg", first)}) in seen
    assert max(map(len, seen)) == 1
    assert (statuses(desk, first), statuses(desk, second)) == (["success"], ["success"])


@pytest.mark.slow
def test_a_job_left_by_a_dead_dispatcher_is_held_to_its_time(desk: Desk) -> None:
    name = define(desk, "vm1", rate=STUCK, timeout=1)
    queue(desk, name)
    with desk.start("run", "--queue") as process:
        wait(lambda: "running" in statuses(desk, name))
        process.kill()
    serve_and_watch(desk)
    assert statuses(desk, name) == ["timeout"]


def test_a_job_that_is_killed_is_a_failure_and_the_queue_goes_on(desk: Desk) -> None:
    first, second = define(desk, "vm1", rate=STUCK), define(desk, "vm2")
    queue(desk, first, second)
    with desk.start("run", "--queue") as process:
        wait(lambda: "running" in statuses(desk, first))
        (run,) = runs.read(desk.layout, first)
        assert run.process is not None
        os.kill(run.process.pid, signal.SIGKILL)
        process.communicate(timeout=120)
    (run,) = runs.read(desk.layout, first)
    assert (run.status, run.reason) == ("failed", "interrupted: killed by signal 9")
    assert statuses(desk, second) == ["success"]


def test_a_job_whose_ticket_was_taken_away_says_so(desk: Desk) -> None:
    program = (
        "import sys; from holdfast.agent.jobs import execute; sys.exit(execute.main('1-x@y:1'))"
    )
    words, environment = [sys.executable, "-c", program], {"HOLDFAST_ROOT": str(desk.root)}
    done = subprocess.run(words, env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (1, "holdfast-agent: ticket 1-x@y:1 is gone\n")


def test_a_job_that_dies_of_a_bug_leaves_its_last_words(desk: Desk) -> None:
    name = define(desk, "vm1")
    (run,) = queue(desk, name)
    ticket = tickets.find(desk.layout, name, run)
    assert ticket is not None
    log = Path(runs.log(desk.layout, name, run))
    log.write_text("Traceback ...\nValueError: nobody thought of this\n")
    job = Job(process.current(), 60, None)
    os.close(job.descriptor)
    verdict.of_job(desk.layout, ticket, job, 1)
    (ended,) = runs.read(desk.layout, name)
    assert ended.status == "failed"
    assert ended.reason == (
        "interrupted: its process ended with 1: ValueError: nobody thought of this"
    )
    assert log.exists()


def test_a_fault_of_the_nodes_own_disk_fails_the_run(desk: Desk) -> None:
    name = define(desk, "vm1")
    (run,) = queue(desk, name)
    (desk.root / f"var/lib/holdfast/prg/sequences/{name}.json").mkdir(parents=True)
    serve_and_watch(desk)
    (ended,) = runs.read(desk.layout, name)
    assert ended.status == "failed"
    assert "Is a directory" in ended.reason
    assert stored(desk, "vm1") == []
    assert not os.path.exists(runs.log(desk.layout, name, run))
