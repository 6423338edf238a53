"""`apply`: asks, makes it so, and after it there is nothing to do."""

from __future__ import annotations

import os
import pty
import subprocess
from typing import TYPE_CHECKING

import pytest

from holdfast.cli.main import USAGE

if TYPE_CHECKING:
    from cli.desk import Desk, Ran


def asked(desk: Desk, answer: str, *words: str) -> Ran:
    """Return how an apply ended that somebody at a terminal was asked about."""
    ours, theirs = pty.openpty()
    os.write(ours, answer.encode())
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with desk.start("apply", *words, stdin=theirs, **pipes) as process:
        out, err = process.communicate(timeout=120)
    os.close(ours)
    os.close(theirs)
    return type(desk.run("--version"))(process.returncode, out, err)


def test_after_an_apply_there_is_nothing_to_do(fresh: Desk) -> None:
    ran = fresh.apply()
    done = [line for line in ran.err.splitlines() if line.startswith("done ")]
    assert len(done) == ran.out.count("+ create ") > 6
    assert ran.out.splitlines()[-1] == f"Apply: {len(done)} done, 0 failed, 0 stale, 0 skipped."
    assert fresh.ok("plan", "--detailed-exitcode").out.startswith("No changes: what is there")
    assert fresh.ok("drift").out.startswith("No drift")
    assert fresh.ok("apply").out.startswith("No changes")


def test_without_anybody_to_ask_it_is_a_wrong_command_line(fresh: Desk) -> None:
    before = fresh.tree()
    ran = fresh.process("apply")
    assert ran.code == USAGE
    assert "nobody is there to ask" in ran.err
    assert fresh.tree() == before


@pytest.mark.slow
def test_no_means_that_nothing_is_written(fresh: Desk) -> None:
    before = fresh.tree()
    ran = asked(fresh, "n\n")
    assert " to create, 0 to update" in ran.out
    assert "Apply this to 2 nodes?" in ran.err
    assert "not applied; nothing was changed" in ran.err
    assert fresh.tree() == before


@pytest.mark.slow
def test_the_end_of_the_terminal_is_no_consent(fresh: Desk) -> None:
    before = fresh.tree()
    assert asked(fresh, "\x04").code == 130
    assert fresh.tree() == before


@pytest.mark.slow
def test_nobody_agrees_in_json_to_what_was_not_shown(fresh: Desk) -> None:
    ran = asked(fresh, "y\n", "--format", "json")
    done = len(ran.json["outcomes"])
    assert ran.json["summary"] == {"done": done, "failed": 0, "skipped": 0, "stale": 0}
    assert ran.json["exit_code"] == ran.code == 0
    assert f"{done} to create" in ran.err.split("Apply this")[0]


@pytest.mark.slow
def test_a_file_that_was_reviewed_needs_no_question(fresh: Desk) -> None:
    fresh.ok("plan", "-o", "saved.json")
    ran = fresh.process("apply", "saved.json")
    assert ran.code == 0
    assert ran.out.endswith(" done, 0 failed, 0 stale, 0 skipped.\n")


@pytest.mark.slow
def test_a_saved_part_is_applied_as_the_part_it_is(settled: Desk) -> None:
    for definition in settled.inventory["definitions"]:
        definition["description"] = "new"
    settled.write().ok("plan", "--target", "node/n1/*", "-o", "saved.json")
    assert settled.ok("apply", "saved.json").out.endswith(
        "Apply: 2 done, 0 failed, 0 stale, 0 skipped.\n"
    )
    left = settled.ok("plan", "--format", "json").json["resource_changes"]
    assert [entry["address"] for entry in left] == ["node/n2/definition/daily@db01:1"]
    assert settled.run("apply", "saved.json", "--target", "node/n2/*").code == USAGE


def test_a_node_that_cannot_be_reached_does_not_hinder_the_others(fresh: Desk) -> None:
    fresh.inventory["nodes"]["n2"]["root"] = "gone"
    ran = fresh.write().run("apply", "--auto-approve")
    assert ran.code == 3
    assert "? unknown  node/n2: there is no directory " in ran.out
    assert ran.out.endswith(" done, 0 failed, 0 stale, 0 skipped.\n")
    assert "node/n1/definition/weekly@web01:2" in ran.err
    assert fresh.run("plan", "--format", "json").json["resource_changes"] == []


def test_a_definition_without_its_agent_is_told_what_it_lacks(fresh: Desk) -> None:
    ran = fresh.run("apply", "--auto-approve", "--target", "node/n1/definition/*")
    assert ran.code == 3
    assert "no agent is set up here for inventory lab" in ran.err


@pytest.mark.slow
def test_everything_of_ours_leaves_a_retired_node(settled: Desk) -> None:
    foreign = settled.node("n1/etc/cron.d/foreign")
    foreign.write_text("0 * * * * root true\n", encoding="utf-8")
    settled.inventory["nodes"]["n1"]["retired"] = "true"
    del settled.inventory["definitions"][2], settled.inventory["definitions"][0]
    settled.apply()
    left = {str(path.relative_to(settled.node("n1"))) for path in settled.node("n1").rglob("*")}
    assert not [path for path in left if path.startswith(("etc/holdfast", "var/lib/holdfast/lab"))]
    assert not settled.node("n1/etc/cron.d/holdfast-lab").exists()
    assert foreign.read_text(encoding="utf-8") == "0 * * * * root true\n"
    assert settled.ok("plan", "--detailed-exitcode").out.startswith("No changes: what")


@pytest.mark.slow
@pytest.mark.parametrize("mode", ["cron.d", "crontab"])
def test_foreign_files_stay_as_they_are(fresh: Desk, mode: str) -> None:
    text = b"MAILTO=me\n# mine \xff\n5 4 * * * root /usr/bin/true\n"
    files = {
        "n1/etc/cron.d/foreign": text,
        "n1/etc/cron.d/holdfast-other": text,
        "n1/var/spool/cron/crontabs/root": text,
        "n1/etc/holdfast/other/definitions/daily@web01:1.json": b"{}\n",
        "n1/backup/web01/disk1/mine.img": b"mine",
        "n1/opt/holdfast/README": b"mine",
    }
    for path, content in files.items():
        fresh.node(path).parent.mkdir(parents=True, exist_ok=True)
        fresh.node(path).write_bytes(content)
    fresh.inventory["nodes"]["n1"]["cron"] = mode
    fresh.apply()
    other = {"cron.d": "crontab", "crontab": "cron.d"}[mode]
    fresh.inventory["nodes"]["n1"]["cron"] = other
    fresh.apply()
    fresh.inventory["nodes"]["n1"]["cron"] = mode
    fresh.inventory["definitions"][2]["active"] = "false"
    fresh.apply()
    for path, content in files.items():
        there = fresh.node(path).read_bytes()
        assert there.endswith(content) if path.endswith("root") else there == content, path
