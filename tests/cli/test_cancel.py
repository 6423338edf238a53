"""`backup cancel`: a run ended in its midst or in the queue, said so, and nothing half done."""

from __future__ import annotations

import subprocess
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest

from agent.queueing import STUCK, wait
from cli.shelf import ID, listed, made

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cli.desk import Desk

pytestmark = pytest.mark.slow  # each test starts many agents

OTHER = "weekly@web01:2"


@pytest.fixture
def stuck(settled: Desk) -> Desk:
    """Return a desk on whose node n1 one run at a time goes on, and takes minutes."""
    settled.inventory["nodes"]["n1"]["slots"] = 1
    for definition in settled.inventory["definitions"]:
        definition["bandwidth_limit"] = str(STUCK)
    settled.apply()
    return settled


def row(desk: Desk, identity: str) -> dict[str, Any]:
    """Return what `status` tells of a definition."""
    nodes = desk.run("status", "--format", "json").json["nodes"]
    (found,) = [row for node in nodes for row in node["rows"] if row["definition"] == identity]
    return dict(found)


@contextmanager
def begun(desk: Desk, identity: str, status: str) -> Iterator[subprocess.Popen[str]]:
    """Give a `backup now` whose run has got as far as a status."""
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with desk.start("backup", "now", identity, **pipes) as process:
        try:
            wait(lambda: row(desk, identity)["status"] == status)
            yield process
        finally:
            process.kill()


def runs(desk: Desk, identity: str) -> list[str]:
    """Return the names of a definition's runs."""
    return [
        path.stem for path in desk.node(f"n1/var/lib/holdfast/lab/runs/{identity}").glob("*.json")
    ]


def ended(process: subprocess.Popen[str]) -> str:
    """Return what a `backup now` whose run was canceled says in the end."""
    out, err = process.communicate(timeout=120)
    assert (process.returncode, out) == (1, ""), err
    return err.splitlines()[-1]


def leftovers(desk: Desk) -> list[str]:
    """Return what runs would leave: files in storages, tickets."""
    places = ("backup/*/disk*/*", "mnt/nas/*/disk*/*", "var/lib/holdfast/queue/[0-9]*")
    found = [path for place in places for path in desk.node("n1").glob(place)]
    return [str(path) for path in found if path.name != ".holdfast-storage.json"]


def test_a_running_run_ends_and_leaves_nothing(stuck: Desk) -> None:
    with begun(stuck, ID, "running") as process:
        wait(lambda: list(stuck.node("n1/backup/web01/disk1").glob(".*.partial")))
        ran = stuck.ok("backup", "cancel", ID)
        (run,) = runs(stuck, ID)
        assert (ran.out, ran.err) == (f"{ID} {run}: canceled\n", "")
        assert ended(process) == f"{ID}: canceled: canceled while running"
    wait(lambda: not leftovers(stuck))
    assert listed(stuck) == []
    assert row(stuck, ID)["status"] == "canceled"
    (line,) = [line for line in stuck.run("status").out.splitlines() if line.startswith(ID)]
    assert line.split()[2] == "canceled"
    for word in (ID, run):
        again = stuck.run("backup", "cancel", word)
        assert (again.code, again.out) == (1, "")
        assert again.err == f"{word}: nothing of that name is queued or running\n"


def test_after_a_canceled_run_the_next_one_is_made(stuck: Desk) -> None:
    with begun(stuck, ID, "running") as process:
        stuck.ok("backup", "cancel", ID)
        ended(process)
    del stuck.inventory["definitions"][0]["bandwidth_limit"]
    stuck.apply()
    name = made(stuck)
    assert [backup["name"] for backup in listed(stuck)] == [name]


def test_a_queued_run_ends_by_its_name_and_the_running_one_goes_on(stuck: Desk) -> None:
    with begun(stuck, ID, "running") as first, begun(stuck, OTHER, "queued") as second:
        (run,) = runs(stuck, OTHER)
        ran = stuck.ok("backup", "cancel", run, "--node", "n1")
        assert ran.out == f"{OTHER} {run}: canceled\n"
        assert ended(second) == f"{OTHER}: canceled: canceled while queued"
        assert row(stuck, OTHER)["status"] == "canceled"
        assert row(stuck, ID)["status"] == "running"
        assert first.poll() is None
        assert stuck.run("backup", "cancel", ID, "--node", "n2").code == 1
        stuck.ok("backup", "cancel", ID)
        ended(first)
    wait(lambda: not leftovers(stuck))


def test_all_runs_of_a_definition_end_and_none_begins_meanwhile(stuck: Desk) -> None:
    with begun(stuck, ID, "running") as first, begun(stuck, ID, "queued") as second:
        lines = stuck.ok("backup", "cancel", ID).out.splitlines()
        assert [line.split()[0::2] for line in lines] == [[ID, "canceled"]] * 2
        assert {ended(first), ended(second)} == {
            f"{ID}: canceled: canceled while {how}" for how in ("running", "queued")
        }
    wait(lambda: not leftovers(stuck))


def test_where_not_all_nodes_answer_nobody_says_that_nothing_runs(settled: Desk) -> None:
    settled.node("n2").rename(settled.node("elsewhere"))
    ran = settled.run("backup", "cancel", ID)
    assert (ran.code, ran.out) == (3, "")
    assert "nothing of that name" not in ran.err
    assert "node/n2: not read: " in ran.err
    assert "nothing of that name" in settled.run("backup", "cancel", ID, "--node", "n1").err
