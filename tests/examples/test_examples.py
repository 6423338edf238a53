"""The pipelines under examples/ are parsed; every holdfast command in them is one that exists."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Any

import click
import pytest
import yaml

from holdfast.cli.main import COMMANDS, holdfast
from holdfast.inventory.load import load

ROOT = Path(__file__).parents[2]
GITHUB = ROOT / "examples" / "github" / ".github" / "workflows" / "holdfast.yml"
GITLAB = ROOT / "examples" / "gitlab" / ".gitlab-ci.yml"


def github() -> dict[str, list[str]]:
    """Return the shell lines of each job of the GitHub example."""
    jobs: dict[str, Any] = yaml.safe_load(GITHUB.read_text(encoding="utf-8"))["jobs"]
    return {
        name: [line for step in job["steps"] for line in step.get("run", "").splitlines()]
        for name, job in jobs.items()
    }


def gitlab() -> dict[str, list[str]]:
    """Return the shell lines of each job of the GitLab example."""
    document: dict[str, Any] = yaml.safe_load(GITLAB.read_text(encoding="utf-8"))
    return {name: document[name]["script"] for name in document["stages"]}


def commands(lines: list[str]) -> list[list[str]]:
    words = [shlex.split(line.split(">")[0].split("||")[0]) for line in lines]
    return [line[1:] for line in words if line and line[0] == "holdfast"]


@pytest.mark.parametrize("jobs", [github(), gitlab()], ids=["github", "gitlab"])
def test_the_pull_request_flow_is_whole(jobs: dict[str, list[str]]) -> None:
    called = {job: [command[0] for command in commands(lines)] for job, lines in jobs.items()}
    assert "plan" in called["plan"]
    assert called["apply"] == ["apply"]
    assert called["drift"] == ["drift", "status"]


@pytest.mark.parametrize("jobs", [github(), gitlab()], ids=["github", "gitlab"])
def test_every_command_and_flag_exists(jobs: dict[str, list[str]]) -> None:
    for lines in jobs.values():
        for name, *arguments in commands(lines):
            assert name in COMMANDS
            command = holdfast.get_command(click.Context(holdfast), name)
            assert command is not None
            command.make_context(name, list(arguments))


def test_a_pull_request_never_sees_the_key_that_may_change_things() -> None:
    document: dict[str, Any] = yaml.safe_load(GITHUB.read_text(encoding="utf-8"))
    for job in ("plan", "drift"):
        assert "HOLDFAST_SSH_KEY" not in str(document["jobs"][job])


def test_the_shipped_inventory_is_valid() -> None:
    assert load(ROOT / "inventory").warnings == ()
