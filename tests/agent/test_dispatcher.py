"""The queue: order, slots, one job a source, time-outs, and dispatchers that die."""

from __future__ import annotations

import os
import signal
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from agent.desk import ID, Desk
from holdfast.agent import cancel, locks, process, runs, tickets, verdict
from holdfast.agent import run as starter
from holdfast.agent.failure import Failed
from holdfast.agent.job import Job
from holdfast.agent.runs import Run

if TYPE_CHECKING:
    from collections.abc import Callable

# How many of an image's 4000 bytes pass in a second.
SLOW = 16000
STUCK = 40


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path).settle()


def define(desk: Desk, server: str, rate: int | None = SLOW, **changes: object) -> str:
    """Define a backup of an image of its own, by default one that takes a quarter of a second."""
    desk.put(f"images/{server}.raw", b"data" * 1000)
    source = {"kind": "image", "place": f"/images/{server}.raw", "node": "bkp01"}
    return desk.define(server=server, **{"source": source, "bandwidth_limit": rate, **changes})


def queue(desk: Desk, *identities: str) -> list[str]:
    """Queue runs as `run` does, with nobody to serve them yet; return their names."""
    names = []
    for identity in identities:
        run = Run("", identity, desk.inventory, "manual")
        names.append(runs.begin(desk.layout, run, datetime.now(UTC)).run)
        tickets.write(desk.layout, identity, names[-1])
    return names


def wait(condition: Callable[[], object], limit: float = 20) -> None:
    end = time.monotonic() + limit
    while not condition():
        assert time.monotonic() < end, "it did not come about in time"
        time.sleep(0.02)


def statuses(desk: Desk, identity: str = ID) -> list[str]:
    return [run.status for run in runs.read(desk.layout, identity)]


def serve_and_watch(desk: Desk, *watched: tuple[Desk, str]) -> list[frozenset[tuple[str, str]]]:
    """Serve the queue to its end; return which runs were seen going on together."""
    seen = []
    with desk.start("run", "--queue") as process:
        while process.poll() is None:
            seen.append(
                frozenset(
                    (one.inventory, identity)
                    for one, identity in watched
                    if "running" in statuses(one, identity)
                )
            )
            time.sleep(0.02)
        assert process.communicate() == ("", "")
    return seen


def order_of_start(desk: Desk, *identities: str) -> list[str]:
    """Return the IDs in the order in which their processes were started."""
    began = {}
    for identity in identities:
        (run,) = runs.read(desk.layout, identity)
        assert run.process is not None
        began[identity] = (run.process.start, run.process.pid)
    return sorted(began, key=lambda identity: began[identity])


def test_tickets_are_served_in_order_and_never_more_than_the_slots(desk: Desk) -> None:
    names = [define(desk, f"vm{n}") for n in (3, 1, 4, 2)]
    queue(desk, *names)
    seen = serve_and_watch(desk, *((desk, name) for name in names))
    assert max(map(len, seen)) == 2
    assert order_of_start(desk, *names) == names
    assert [statuses(desk, name) for name in names] == [["success"]] * 4
    assert tickets.listed(desk.layout) == []


@pytest.mark.slow
def test_slots_are_the_least_that_any_inventory_allows(desk: Desk) -> None:
    other = Desk(desk.root, "other").settle(slots=1)
    mine, theirs = define(desk, "vm1"), define(other, "vm2")
    queue(desk, mine)
    queue(other, theirs)
    seen = serve_and_watch(desk, (desk, mine), (other, theirs))
    assert max(map(len, seen)) == 1
    assert (statuses(desk, mine), statuses(other, theirs)) == (["success"], ["success"])


def test_two_jobs_of_one_source_never_run_together_and_others_overtake(desk: Desk) -> None:
    other = Desk(desk.root, "other").settle()
    shared = {"kind": "image", "place": "/images/vm1.raw", "node": "bkp01"}
    mine = define(desk, "vm1")
    (desk.root / "images/link").symlink_to("../images")
    theirs = other.define(
        server="vm1b",
        source={**shared, "place": "/images/link/vm1.raw"},
        bandwidth_limit=SLOW,
    )
    third = define(desk, "vm3")
    queue(desk, mine)
    queue(other, theirs)
    queue(desk, third)
    seen = serve_and_watch(desk, (desk, mine), (other, theirs), (desk, third))
    assert not any({("prg", mine), ("other", theirs)} <= together for together in seen)
    assert any({("prg", mine), ("prg", third)} <= together for together in seen)
    assert [statuses(desk, mine), statuses(other, theirs), statuses(desk, third)] == [
        ["success"]
    ] * 3


@pytest.mark.slow
def test_a_run_of_a_definition_waits_for_the_one_before(desk: Desk) -> None:
    name = define(desk, "vm1")
    queue(desk, name, name)
    seen = serve_and_watch(desk, (desk, name))
    assert len(seen) > 0
    first, second = runs.read(desk.layout, name)
    assert first.status == second.status == "success"
    assert first.backup < second.backup


def test_a_ticket_written_while_a_dispatcher_works_is_served_by_it(desk: Desk) -> None:
    first, second = define(desk, "vm1"), define(desk, "vm2")
    queue(desk, first)
    with desk.start("run", "--queue") as process:
        wait(lambda: "running" in statuses(desk, first))
        begun = time.monotonic()
        assert desk.run("run", "prg", second).returncode == 0
        assert time.monotonic() - begun < 5
        process.communicate(timeout=30)
    assert [statuses(desk, name) for name in (first, second)] == [["success"], ["success"]]


@pytest.mark.slow
def test_no_ticket_is_left_behind_by_dispatchers_that_leave(desk: Desk) -> None:
    names = [define(desk, f"vm{n}", rate=None) for n in range(3)]
    for pause in (0.05, 0.1, 0.15, 0.2, 0.25):
        # The later ones write their tickets while the first is about to leave.
        started = []
        for name in names:
            started.append(desk.start("run", "prg", name))
            time.sleep(pause)
        assert [process.communicate(timeout=30)[1] for process in started] == [""] * 3
        assert {statuses(desk, name)[-1] for name in names} == {"success"}
        assert tickets.listed(desk.layout) == []


def test_running_too_long_is_a_timeout_and_leaves_nothing(desk: Desk) -> None:
    name = define(desk, "vm1", rate=STUCK, timeout=1)
    queue(desk, name)
    begun = time.monotonic()
    serve_and_watch(desk)
    assert time.monotonic() - begun < 8
    (run,) = runs.read(desk.layout, name)
    assert (run.status, run.reason) == ("timeout", "ran longer than its timeout of 1 s")
    assert run.ended
    assert os.listdir(desk.nas / "vm1/disk2") == []


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
        process.communicate(timeout=30)
    assert statuses(desk, name) == ["timeout"]
    # It could not clean up; the next run does.
    assert len(os.listdir(desk.nas / "vm1/disk2")) == 1
    define(desk, "vm1")
    assert desk.run("run", "prg", name).returncode == 0
    assert len(os.listdir(desk.nas / "vm1/disk2")) == 2


def test_a_run_that_was_started_goes_on_without_its_starter(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOLDFAST_ROOT", str(desk.root))
    name = define(desk, "vm1", rate=None)
    started = starter.start(desk.layout, name)
    wait(lambda: statuses(desk, name) == ["success"])
    assert [run.run for run in runs.read(desk.layout, name)] == [started]


def test_a_running_job_can_be_canceled(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOLDFAST_ROOT", str(desk.root))
    name = define(desk, "vm1", rate=STUCK)
    (run,) = queue(desk, name)
    with desk.start("run", "--queue") as process:
        wait(lambda: "running" in statuses(desk, name))
        ended = cancel.cancel(desk.layout, name, run)
        process.communicate(timeout=30)
    assert (ended.status, ended.reason) == ("canceled", "canceled while running")
    assert os.listdir(desk.nas / "vm1/disk2") == []
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
    wait(lambda: not tickets.listed(desk.layout))
    assert sorted(os.listdir(desk.layout.queue)) == [".dispatcher.lock", ".tickets.lock"]


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


def test_a_ticket_that_is_none_of_ours_is_dropped_and_told_of(desk: Desk) -> None:
    good = define(desk, "vm1")
    desk.put("var/lib/holdfast/queue/00000001-x@y:1", '{"inventory": "../.."}')
    desk.put("var/lib/holdfast/queue/00000002-x@y:1", "{")
    queue(desk, good)
    done = desk.run("run", "--queue")
    assert done.returncode == 0
    assert done.stderr.count("it is dropped") == 2
    assert statuses(desk, good) == ["success"]


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
        process.communicate(timeout=30)
    (run,) = runs.read(desk.layout, first)
    assert (run.status, run.reason) == ("failed", "interrupted: killed by signal 9")
    assert statuses(desk, second) == ["success"]


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
    assert os.listdir(desk.nas / "vm1/disk2") == []
    assert not os.path.exists(runs.log(desk.layout, name, run))


@pytest.mark.slow
def test_one_dispatcher_at_a_time(desk: Desk) -> None:
    name = define(desk, "vm1")
    queue(desk, name)
    with locks.tried(os.path.join(desk.layout.queue, ".dispatcher.lock")) as ours:
        assert ours
        assert desk.run("run", "--queue").returncode == 0
        assert statuses(desk, name) == ["queued"]
    assert desk.run("run", "--queue").returncode == 0
    assert statuses(desk, name) == ["success"]
