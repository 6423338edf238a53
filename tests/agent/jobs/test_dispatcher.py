"""The queue: order, slots, one job a source, and no ticket left behind."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

import pytest

from agent.desk import Desk
from agent.queueing import SLOW, define, order_of_start, queue, serve_and_watch, statuses, wait
from holdfast.agent import locks
from holdfast.agent.jobs import runs, tickets

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.slow  # each test starts several runs


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path).settle()


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
        assert time.monotonic() - begun < 15
        process.communicate(timeout=120)
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
        assert [process.communicate(timeout=120)[1] for process in started] == [""] * 3
        assert {statuses(desk, name)[-1] for name in names} == {"success"}
        assert tickets.listed(desk.layout) == []


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
def test_one_dispatcher_at_a_time(desk: Desk) -> None:
    name = define(desk, "vm1")
    queue(desk, name)
    with locks.tried(os.path.join(desk.layout.queue, ".dispatcher.lock")) as ours:
        assert ours
        assert desk.run("run", "--queue").returncode == 0
        assert statuses(desk, name) == ["queued"]
    assert desk.run("run", "--queue").returncode == 0
    assert statuses(desk, name) == ["success"]
