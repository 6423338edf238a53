"""Runs that are ended: by their time-outs, or on somebody's word."""

from __future__ import annotations

import os
import signal
import time
from typing import TYPE_CHECKING

import pytest

from agent.desk import Desk
from agent.queueing import STUCK, define, queue, serve_and_watch, statuses, stored, wait
from holdfast.agent.failure import Failed
from holdfast.agent.jobs import cancel, runs

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.slow  # runs are let run until they are stopped


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path).settle()


def test_running_too_long_is_a_timeout_and_leaves_nothing(desk: Desk) -> None:
    name = define(desk, "vm1", rate=STUCK, timeout=1)
    queue(desk, name)
    begun = time.monotonic()
    serve_and_watch(desk)
    assert time.monotonic() - begun < 60
    (run,) = runs.read(desk.layout, name)
    assert (run.status, run.reason) == ("timeout", "ran longer than its timeout of 1 s")
    assert run.ended
    assert stored(desk, "vm1") == []


@pytest.mark.slow
def test_waiting_too_long_is_a_timeout(desk: Desk) -> None:
    first = define(desk, "vm1", rate=2000)
    second = define(
        desk,
        "vm2",
        queue_timeout=1,
        source={"kind": "image", "place": "/images/vm1.raw", "node": "bkp01"},
    )
    queue(desk, first, second)
    serve_and_watch(desk)
    assert statuses(desk, first) == ["success"]
    (run,) = runs.read(desk.layout, second)
    assert (run.status, run.started) == ("timeout", "")
    assert run.reason == "waited longer than its queue_timeout of 1 s"


@pytest.mark.slow
def test_a_job_that_does_not_end_when_asked_is_killed(desk: Desk) -> None:
    name = define(desk, "vm1", rate=STUCK, timeout=2)
    queue(desk, name)
    with desk.start("run", "--queue") as process:
        wait(lambda: list(desk.nas.glob("vm1/disk2/.*.partial")))
        (run,) = runs.read(desk.layout, name)
        assert run.process is not None
        os.kill(run.process.pid, signal.SIGSTOP)
        process.communicate(timeout=120)
    assert statuses(desk, name) == ["timeout"]
    # It could not clean up; the next run does.
    assert len(stored(desk, "vm1")) == 1
    define(desk, "vm1")
    assert desk.run("run", "prg", name).returncode == 0
    assert len(stored(desk, "vm1")) == 2


def test_a_running_job_can_be_canceled(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOLDFAST_ROOT", str(desk.root))
    name = define(desk, "vm1", rate=STUCK)
    (run,) = queue(desk, name)
    with desk.start("run", "--queue") as process:
        wait(lambda: "running" in statuses(desk, name))
        ended = cancel.cancel(desk.layout, name, run)
        process.communicate(timeout=120)
    assert (ended.status, ended.reason) == ("canceled", "canceled while running")
    assert stored(desk, "vm1") == []
    with pytest.raises(Failed, match="neither queued nor running"):
        cancel.cancel(desk.layout, name, run)


def test_a_queued_job_can_be_canceled_though_no_dispatcher_is_left(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOLDFAST_ROOT", str(desk.root))
    name = define(desk, "vm1")
    (run,) = queue(desk, name)
    ended = cancel.cancel(desk.layout, name, run)
    assert (ended.status, ended.reason) == ("canceled", "canceled while queued")
    locks = [".dispatcher.lock", ".tickets.lock"]
    wait(lambda: sorted(os.listdir(desk.layout.queue)) == locks)


def test_a_removed_definition_is_canceled_and_a_damaged_one_fails(desk: Desk) -> None:
    removed, damaged = define(desk, "vm1"), define(desk, "vm2")
    queue(desk, removed, damaged)
    (desk.root / f"etc/holdfast/prg/definitions/{removed}.json").unlink()
    desk.put(f"etc/holdfast/prg/definitions/{damaged}.json", "{")
    serve_and_watch(desk)
    assert statuses(desk, removed) == ["canceled"]
    (run,) = runs.read(desk.layout, damaged)
    assert run.status == "failed"
    assert "is not JSON" in run.reason
