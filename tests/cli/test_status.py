"""`status` and `backup list`: what is there is told; what is absent or unread is never fine."""

from __future__ import annotations

import json
import os
import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from cli.desk import agent, consent, names

if TYPE_CHECKING:
    from cli.desk import Desk

pytestmark = pytest.mark.slow  # each test starts many agents

AGENT = "n1/opt/holdfast/holdfast-agent"


@pytest.fixture
def backed(settled: Desk) -> Desk:
    assert agent(settled.node("n1"), "run", "lab", "daily@web01:1") == 0
    return settled


def test_status_tells_of_every_definition(backed: Desk) -> None:
    ran = backed.ok("status")
    rows = {line.split()[0]: line.split() for line in ran.out.splitlines()[1:]}
    assert rows["daily@web01:1"][1:3] == ["n1", "success"]
    assert rows["weekly@web01:2"][1:3] == ["n1", "scheduled"]
    assert rows["daily@db01:1"][1:3] == ["n2", "scheduled"]
    data = backed.ok("status", "--format", "json").json
    (row,) = [r for r in data["nodes"][0]["rows"] if r["definition"] == "daily@web01:1"]
    assert (row["status"], row["backups"]) == ("success", 1)
    assert data["nodes"][0]["installed"].endswith("Z")
    assert data["findings"] == []


def test_a_failed_run_is_a_finding(settled: Desk) -> None:
    settled.node("n1/images/web.raw").unlink()
    assert agent(settled.node("n1"), "run", "lab", "daily@web01:1") == 1
    ran = settled.ok("status")
    assert "finding: daily@web01:1 on n1: failed: " in ran.err
    assert settled.run("status", "--check").code == 2


def test_a_disabled_definition_is_no_finding(settled: Desk) -> None:
    settled.inventory["definitions"][0]["active"] = "false"
    settled.apply()
    assert "disabled" in settled.ok("status", "--check").out


def test_a_cron_file_that_does_not_fire_is_a_finding(settled: Desk) -> None:
    hours = (datetime.now(UTC) - timedelta(hours=2)).timestamp()
    os.utime(settled.node("n1/etc/cron.d/holdfast-lab"), (hours, hours))
    ran = settled.run("status", "--check")
    assert ran.code == 2
    assert "finding: node n1: cron has fired no entry of our file although" in ran.err
    assert agent(settled.node("n1"), "seen", "lab") == 0
    settled.ok("status", "--check")


def test_what_was_never_applied_is_a_finding(fresh: Desk) -> None:
    ran = fresh.run("status", "--check")
    assert ran.code == 2
    for name in ("daily@web01:1", "weekly@web01:2", "daily@db01:1"):
        assert f"finding: {name} is not on node n" in ran.err
    assert len(fresh.ok("status", "--format", "json").json["findings"]) == 3


def test_a_list_shows_what_is_there(backed: Desk) -> None:
    (name,) = names(backed)
    ran = backed.ok("backup", "list")
    assert ran.out.splitlines()[1].split()[:4] == [f"web01:1/{name}", "n1", "local", "ok"]
    (entry,) = backed.ok("backup", "list", "--format", "json").json["backups"]
    assert (entry["name"], entry["owned"], entry["size"]) == (f"web01:1/{name}", True, 16384)
    assert len(backed.ok("backup", "list", "web01:1/*").out.splitlines()) == 2
    assert len(backed.ok("backup", "list", "db01:*").out.splitlines()) == 1


def test_a_forgotten_definitions_backups_are_unowned(backed: Desk) -> None:
    backed.inventory["definitions"][0]["name"] = "other"
    backed.inventory["definitions"][0]["description"] = "another one of that disk"
    word = consent(backed.write().ok("plan").out, "forget")
    backed.ok("apply", "--auto-approve", "--accept", word)
    assert "unowned" in backed.ok("backup", "list").out


def test_a_renamed_definition_keeps_its_backups(backed: Desk) -> None:
    backed.inventory["definitions"][0].update(name="nightly", was=["daily"])
    backed.apply()
    assert "unowned" not in backed.ok("backup", "list").out
    assert "nightly@web01:1" in backed.ok("status").out
    assert backed.ok("plan", "--detailed-exitcode").out.startswith("No changes: what is there")


def test_a_backup_whose_file_is_gone_is_lost(backed: Desk) -> None:
    for path in backed.node("n1/backup/web01/disk1").glob("*.img"):
        path.unlink()
    assert " lost " in backed.ok("backup", "list").out


UNREAD = {
    "gone": lambda desk: desk.node("n1").rename(desk.node("elsewhere")),
    "half": lambda desk: say(desk, f"echo '{json.dumps(HELLO)}'"),
    "wrong": lambda desk: say(desk, f"echo '{json.dumps(HELLO)}'; echo '{json.dumps(ODD)}'"),
}
BROKEN = {
    "taken away": lambda desk: desk.node(AGENT).unlink(),
    "silent": lambda desk: say(desk, "exit 0"),
    "dying": lambda desk: say(desk, "echo boom >&2; exit 3"),
    "noisy": lambda desk: say(desk, "echo Welcome"),
}
HELLO = {"type": "hello", "protocol": 1, "agent": "a", "python": "3.9.2", "zone": "UTC"}
ODD = {"type": "end", "count": 7}


def say(desk: Desk, script: str) -> None:
    """Have the agent of n1 be a script of that text."""
    desk.node(AGENT).unlink()
    program = f"import os\nos.execv('/bin/sh', ['sh', '-c', {script!r}])\n"
    desk.node(AGENT).write_text(program, encoding="utf-8")
    desk.node(AGENT).chmod(0o755)


@pytest.mark.parametrize("fault", UNREAD)
def test_a_node_that_was_not_read_is_never_fine(settled: Desk, fault: str) -> None:
    UNREAD[fault](settled)
    for words in (["plan"], ["drift"], ["status"], ["backup", "list"]):
        ran = settled.run(*words)
        assert ran.code == 3, ran
        assert "node/n1: " in ran.out + ran.err
        assert "No changes: what" not in ran.out
        assert "No drift" not in ran.out


@pytest.mark.parametrize("fault", BROKEN)
def test_a_node_whose_agent_cannot_tell_is_never_fine(settled: Desk, fault: str) -> None:
    BROKEN[fault](settled)
    for words, code in ((["plan"], 0), (["drift"], 2)):
        ran = settled.run(*words)
        assert "? unknown  node/n1/definition/daily@web01:1: its " in ran.out
        assert re.search(r"(create|update)   node/n1/agent  \[drift", ran.out)
        assert ran.code == code
    for words in (["status"], ["backup", "list"]):
        ran = settled.run(*words)
        assert ran.code == 3
        assert "node/n1: not read: " in ran.err


@pytest.mark.parametrize("fault", BROKEN)
def test_an_agent_that_cannot_tell_is_replaced(settled: Desk, fault: str) -> None:
    BROKEN[fault](settled)
    settled.ok("apply", "--auto-approve")
    settled.ok("apply", "--auto-approve")
    assert settled.ok("plan", "--detailed-exitcode").out.startswith("No changes: what is there")


def test_a_storage_that_is_not_mounted_is_no_empty_one(backed: Desk) -> None:
    backed.node("n1/backup").rename(backed.node("n1/unmounted"))
    backed.node("n1/backup").mkdir()
    for words in (["plan"], ["drift"], ["backup", "list"], ["status"]):
        ran = backed.run(*words)
        assert ran.code == 1
        assert re.search("its marker is missing at .*/backup", ran.out + ran.err), words
    assert backed.run("apply", "--auto-approve").code == 1
    assert list(backed.node("n1/backup").iterdir()) == []
    backed.node("n1/backup").rmdir()
    backed.node("n1/unmounted").rename(backed.node("n1/backup"))
    backed.ok("plan", "--detailed-exitcode")
