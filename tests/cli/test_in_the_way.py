"""What stands where ours should be: it is named, nothing of it is touched, and then told away."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from cli.desk import agent
from holdfast.agent.jobs import runs
from holdfast.agent.layout import Layout

if TYPE_CHECKING:
    from cli.desk import Desk

pytestmark = pytest.mark.slow  # each test starts many agents

DEFINITION = "n1/etc/holdfast/lab/definitions/daily@web01:1.json"
ADVICE = "move away what stands there, then apply again"


def test_a_folder_in_place_of_a_definition_is_named(settled: Desk) -> None:
    path = settled.node(DEFINITION)
    path.unlink()
    path.mkdir()
    (path / "kept").touch()
    planned = settled.ok("plan").out
    assert "its file cannot be used: it is a folder" in planned
    assert f"move {path} away" in planned
    ran = settled.run("apply", "--auto-approve")
    assert ran.code == 3
    assert f"{path}: Is a directory: {ADVICE}" in ran.err
    assert (path / "kept").exists()
    shutil.rmtree(path)
    settled.apply()
    assert settled.ok("drift").out.startswith("No drift")


def test_a_file_in_place_of_a_storage_is_named(fresh: Desk) -> None:
    fresh.node("n1/backup").write_text("mine", encoding="utf-8")
    ran = fresh.run("apply", "--auto-approve")
    assert ran.code == 3
    assert f"{fresh.node('n1/backup')}: File exists: {ADVICE}" in ran.err
    assert fresh.node("n1/backup").read_text(encoding="utf-8") == "mine"


def test_a_file_in_place_of_a_servers_folder_is_named_by_the_run(settled: Desk) -> None:
    settled.node("n1/backup/web01").write_text("mine", encoding="utf-8")
    assert agent(settled.node("n1"), "run", "lab", "daily@web01:1") == 1
    [ended] = runs.read(Layout("lab", str(settled.node("n1"))), "daily@web01:1")
    assert f"{settled.node('n1/backup/web01')} is no folder: put a folder there" in ended.reason


def test_a_definition_without_its_agent_is_told_what_to_target(fresh: Desk) -> None:
    ran = fresh.run("apply", "--auto-approve", "--target", "node/n1/definition/*")
    assert "include this node's agent in --target (as 'node/*/agent')" in ran.err
