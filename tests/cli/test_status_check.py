"""`status --check` is green only where there are backups, as many and as new as promised."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

import pytest

from cli.desk import agent, names

if TYPE_CHECKING:
    from cli.desk import Desk

pytestmark = pytest.mark.slow  # each test starts many agents

FOLDER = "n1/backup/web01/disk1"
DAY = 24 * 3600


@pytest.fixture
def backed(settled: Desk) -> Desk:
    for _ in range(2):
        assert agent(settled.node("n1"), "run", "lab", "daily@web01:1") == 0
    settled.ok("status", "--check")
    return settled


def age(desk: Desk, days: float) -> None:
    """Let daily@web01:1 be as it is for so many days."""
    path = desk.node("n1/etc/holdfast/lab/definitions/daily@web01:1.json")
    then = time.time() - days * DAY
    os.utime(path, (then, then))


def told(desk: Desk) -> str:
    ran = desk.run("status", "--check")
    assert ran.code == 2, ran
    return ran.err


def test_a_file_that_is_gone_is_a_finding(backed: Desk) -> None:
    next(backed.node(FOLDER).glob("*.img")).unlink()
    assert "finding: daily@web01:1 on n1: 1 backup is lost or damaged" in told(backed)
    ran = backed.ok("backup", "list")
    assert ran.err == "finding: 1 of these backups is lost or damaged\n"


def test_a_manifest_that_cannot_be_read_is_a_finding(backed: Desk) -> None:
    backed.node(f"{FOLDER}/{names(backed)[0]}.json").write_text("{", encoding="utf-8")
    assert "finding: daily@web01:1 on n1: 1 backup is lost or damaged" in told(backed)


def test_backups_that_all_went_are_a_finding(backed: Desk) -> None:
    for path in backed.node(FOLDER).iterdir():
        path.unlink()
    assert "daily@web01:1 on n1: no good backup is left, though its run of " in told(backed)


def test_a_due_time_that_passed_without_a_run_is_a_finding(settled: Desk) -> None:
    settled.ok("status", "--check")
    age(settled, 3)
    assert "daily@web01:1 on n1: no good run, though one was due at " in told(settled)
    assert agent(settled.node("n1"), "run", "lab", "daily@web01:1") == 0
    settled.ok("status", "--check")


def test_a_disabled_definition_owes_nothing(settled: Desk) -> None:
    settled.inventory["definitions"][0]["active"] = "false"
    settled.apply()
    age(settled, 3)
    settled.ok("status", "--check")


def test_backups_that_wait_are_a_finding(backed: Desk) -> None:
    path = backed.node("n1/etc/holdfast/lab/definitions/daily@web01:1.json")
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace('"last":14', '"last":1'), encoding="utf-8")
    assert "daily@web01:1 on n1: 1 old backup waits for somebody to agree" in told(backed)
