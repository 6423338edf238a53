"""What cron calls: due or not, served once, and never lost."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from agent.desk import ID, Desk
from holdfast.agent.jobs import runs, served, tickets
from holdfast.agent.jobs.served import Served

if TYPE_CHECKING:
    from pathlib import Path

    from holdfast.agent.jobs.runs import Run

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    desk = Desk(tmp_path).settle()
    desk.define(schedule="0 12 * * *")
    return desk


def at(desk: Desk, instant: datetime) -> list[Run]:
    """Run `--due` as if it were that instant; return all runs so far."""
    text = instant.strftime("%Y-%m-%dT%H:%M:%SZ")
    done = desk.run("run", "prg", ID, "--due", "--at", text)
    assert (done.returncode, done.stdout) == (0, "")
    return runs.read(desk.layout, ID)


def test_a_due_instant_is_served_once(desk: Desk) -> None:
    assert at(desk, NOON - timedelta(seconds=1)) == []
    (run,) = at(desk, NOON + timedelta(minutes=8))
    assert (run.status, run.trigger, run.due) == ("success", "due", "2026-11-22T12:00:00Z")
    assert len(at(desk, NOON + timedelta(minutes=9))) == 1
    assert served.load(desk.layout, ID) == Served(NOON)
    assert [m["run"] for m in desk.manifests()] == [run.run]
    assert tickets.listed(desk.layout) == []


def test_an_old_instant_is_caught_up_on_only_if_asked(desk: Desk) -> None:
    assert at(desk, NOON + timedelta(hours=2)) == []
    desk.define(schedule="0 12 * * *", catch_up=3 * 3600)
    assert [run.due for run in at(desk, NOON + timedelta(hours=2))] == ["2026-11-22T12:00:00Z"]


def test_a_record_from_the_future_is_reset_and_told_of(desk: Desk) -> None:
    served.record(desk.layout, ID, Served(NOON + timedelta(days=400)))
    done = desk.run("run", "prg", ID, "--due", "--at", "2026-11-22T11:00:00Z")
    assert "was recorded as served until 2027-12-27" in done.stderr
    assert served.load(desk.layout, ID).instant is None
    (run,) = at(desk, NOON)
    assert run.status == "success"
    assert "was recorded as served until 2027-12-27" in run.reason
    assert served.load(desk.layout, ID) == Served(NOON)


def test_a_record_that_cannot_be_read_loses_no_run(desk: Desk) -> None:
    desk.put(f"var/lib/holdfast/prg/served/{ID}.json", "{")
    (run,) = at(desk, NOON)
    assert run.status == "success"
    assert "is not JSON" in run.reason


def test_a_definition_that_is_not_active_is_never_due(desk: Desk) -> None:
    desk.define(schedule="0 12 * * *", active=False)
    assert at(desk, NOON) == []


def test_many_starts_at_once_serve_an_instant_once(desk: Desk) -> None:
    words = ("run", "prg", ID, "--due", "--at", "2026-11-22T12:00:30Z")
    started = [desk.start(*words) for _ in range(5)]
    assert [process.communicate(timeout=120)[1] for process in started] == [""] * 5
    assert [run.status for run in runs.read(desk.layout, ID)] == ["success"]


def test_by_hand_it_runs_at_once_and_says_why_it_failed(desk: Desk) -> None:
    assert desk.run("run", "prg", ID).returncode == 0
    assert [run.trigger for run in runs.read(desk.layout, ID)] == ["manual"]
    (desk.root / "images/web01.raw").unlink()
    done = desk.run("run", "prg", ID)
    assert done.returncode == 1
    assert "failed: image " in done.stderr


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (
            ["run", "prg", "none@web01:2"],
            1,
            "definition none@web01:2 is not on this node: run `holdfast apply`",
        ),
        (["run", "prg", "none@web01:2", "--due"], 1, "is not on this node"),
        (["run", "../prg", ID], 64, "usage"),
        (["run", "prg", "../x"], 64, "usage"),
        (["run", "prg", ID, "--now"], 64, "usage"),
        (["run"], 64, "usage"),
    ],
)
def test_a_wrong_call_is_told_in_one_line(
    desk: Desk, words: list[str], code: int, said: str
) -> None:
    done = desk.run(*words)
    assert (done.returncode, done.stdout) == (code, "")
    assert said in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_schedule_or_zone_that_is_not_known_is_told(desk: Desk) -> None:
    for change in ({"schedule": "* * *"}, {"timezone": "Moon/Base"}):
        desk.define(**change)
        done = desk.run("run", "prg", ID, "--due")
        assert done.returncode == 1
        assert f"{ID}: its schedule cannot be used" in done.stderr
