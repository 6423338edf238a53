"""Run files: what readers derive of them, and which are kept."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from agent.desk import ID, Desk
from holdfast.agent import process, timestamp
from holdfast.agent.jobs import dispatching, runs, tickets
from holdfast.agent.jobs.runs import Run

if TYPE_CHECKING:
    from pathlib import Path

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def put(desk: Desk, at: datetime = NOW, **changes: object) -> Run:
    run = Run(timestamp.of_run(at), ID, "prg", "due")._replace(**changes)
    runs.write(desk.layout, run)
    return run


def test_a_run_reads_back_as_written(desk: Desk) -> None:
    run = put(desk, status="success", reason="ä", bytes=7, process=process.current())
    assert runs.read(desk.layout, ID) == [run]
    assert runs.find(desk.layout, ID, run.run) == run
    assert runs.find(desk.layout, ID, "none") is None
    assert runs.read(desk.layout, "other@web01:1") == []


def test_runs_begun_at_one_moment_have_two_names(desk: Desk) -> None:
    first, second = (runs.begin(desk.layout, Run("", ID, "prg", "due"), NOW) for _ in range(2))
    assert first.run < second.run
    assert first.status == "queued"


def test_a_clock_set_back_hides_no_run_behind_an_earlier_one(desk: Desk) -> None:
    desk.put(f"var/lib/holdfast/prg/runs/{ID}/zzz.json", "{}")  # none of ours decides
    first = put(desk, run="20261231T235959.999999Z", status="success")
    second = runs.begin(desk.layout, Run("", ID, "prg", "due"), NOW)
    assert (second.run, second.queued) == ("20270101T000000.000000Z", "2026-11-22T12:00:00Z")
    assert [run.run for run in runs.read(desk.layout, ID)][:2] == [first.run, second.run]


def test_a_run_whose_process_lives_is_running(desk: Desk) -> None:
    run = put(desk, status="running", process=process.current())
    assert runs.read(desk.layout, ID) == [run]


@pytest.mark.parametrize("change", [{"boot": "another boot"}, {"start": 1}, {"pid": 4_000_000}])
def test_a_run_whose_process_is_gone_was_interrupted(desk: Desk, change: dict[str, object]) -> None:
    put(desk, status="running", process=process.current()._replace(**change))
    (read,) = runs.read(desk.layout, ID)
    assert (read.status, read.reason) == ("failed", "interrupted")


def test_why_a_process_ended_is_left_to_the_dispatcher_while_it_lives(desk: Desk) -> None:
    dead = process.current()._replace(start=1)
    run = put(desk, status="running", process=dead)
    ticket = tickets.write(desk.layout, ID, run.run)
    with dispatching.tried(desk.layout) as ours:
        assert ours
        assert runs.read(desk.layout, ID) == [run]
        lock = desk.root / "var/lib/holdfast/queue/.dispatcher.lock"
        named = lock.read_text()
        for content in (
            "",
            named[:-9],
            named.replace(f'"start": {process.current().start}', '"start": 1'),
        ):
            lock.write_text(content)
            assert [read.reason for read in runs.read(desk.layout, ID)] == ["interrupted"]
        lock.write_text(named)
        tickets.remove(desk.layout, ticket.name)
        assert [read.reason for read in runs.read(desk.layout, ID)] == ["interrupted"]
        tickets.write(desk.layout, ID, run.run)
    assert [read.reason for read in runs.read(desk.layout, ID)] == ["interrupted"]


def test_a_queued_run_lives_as_long_as_its_ticket(desk: Desk) -> None:
    run = put(desk)
    ticket = tickets.write(desk.layout, ID, run.run)
    assert [read.status for read in runs.read(desk.layout, ID)] == ["queued"]
    tickets.remove(desk.layout, ticket.name)
    assert [read.reason for read in runs.read(desk.layout, ID)] == ["interrupted"]


def test_a_ticket_of_another_inventory_is_not_this_ones(desk: Desk) -> None:
    run = put(desk)
    tickets.write(Desk(desk.root, "other").layout, ID, run.run)
    assert [read.reason for read in runs.read(desk.layout, ID)] == ["interrupted"]


def test_a_run_file_that_cannot_be_read_shows_as_failed(desk: Desk) -> None:
    run = put(desk, status="success")
    path = runs.path(desk.layout, ID, run.run)
    os.truncate(path, 20)
    (read,) = runs.read(desk.layout, ID)
    assert (read.run, read.status) == (run.run, "failed")
    assert "is not JSON" in read.reason


def test_the_last_hundred_and_the_failures_of_90_days_are_kept(desk: Desk) -> None:
    old = put(desk, NOW - timedelta(days=200), status="success")
    put(desk, NOW - timedelta(days=200, seconds=1), status="success")
    put(desk, NOW - timedelta(days=91), status="failed")
    failed = put(desk, NOW - timedelta(days=89), status="timeout")
    put(desk, NOW - timedelta(days=88), status="canceled")
    last = [put(desk, NOW + timedelta(seconds=n), status="failed") for n in range(100)]
    runs.prune(desk.layout, ID, NOW)
    # The newest success stays too: after many failures it is what a person looks for.
    assert runs.read(desk.layout, ID) == [old, failed, *last]


def test_tickets_are_served_in_the_order_of_their_writing(desk: Desk) -> None:
    names = [tickets.write(desk.layout, ID, f"run{n}").name for n in range(12)]
    assert tickets.listed(desk.layout) == names
    assert names[0].endswith("-" + ID)
    other = tickets.write(Desk(desk.root, "other").layout, ID, "run0")
    assert tickets.listed(desk.layout)[-1] == other.name
    found = tickets.find(desk.layout, ID, "run7")
    assert found is not None
    assert found.name == names[7]


def test_waiting_is_not_changed_by_a_clock_that_is_set(desk: Desk) -> None:
    ticket = tickets.write(desk.layout, ID, "run")
    assert ticket._replace(queued=ticket.queued - 9999).waited() < 5
    assert ticket._replace(boot="another", queued=ticket.queued - 9999).waited() > 9998
