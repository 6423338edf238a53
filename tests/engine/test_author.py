"""Who applies: what GitHub and GitLab tell their jobs, else the machine and its git."""

from __future__ import annotations

import getpass
import socket
import subprocess
from typing import TYPE_CHECKING

import pytest

from holdfast.engine.author import Author, author

if TYPE_CHECKING:
    from pathlib import Path

HOST = socket.gethostname()


def git(folder: Path, *words: str) -> str:
    identity = ["-c", "user.name=a", "-c", "user.email=a@example.net"]
    command = ["git", *identity, "-C", str(folder), *words]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    git(tmp_path, "init", "-q")
    folder = tmp_path / "inventory"
    folder.mkdir()
    (folder / "a.yaml").write_text("a", encoding="utf-8")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-q", "-m", "first")
    return folder


def test_github_tells_its_jobs(tmp_path: Path) -> None:
    environ = {
        "GITHUB_ACTOR": "alice",
        "GITHUB_SERVER_URL": "https://github.example.net",
        "GITHUB_REPOSITORY": "ops/backups",
        "GITHUB_RUN_ID": "17",
        "GITHUB_SHA": "1a2b",
    }
    url = "https://github.example.net/ops/backups/actions/runs/17"
    assert author(tmp_path, environ) == Author("alice", HOST, url, "1a2b")


def test_gitlab_tells_its_jobs(tmp_path: Path) -> None:
    environ = {
        "GITLAB_USER_LOGIN": "bob",
        "CI_JOB_URL": "https://gitlab.example.net/ops/backups/-/jobs/5",
        "CI_COMMIT_SHA": "3c4d",
    }
    assert author(tmp_path, environ) == Author("bob", HOST, environ["CI_JOB_URL"], "3c4d")


def test_half_of_what_github_tells_is_enough(tmp_path: Path) -> None:
    assert author(tmp_path, {"GITHUB_RUN_ID": "17"}).url.endswith("/actions/runs/17")


def test_a_plain_machine_names_its_user_and_commit(checkout: Path) -> None:
    head = git(checkout, "rev-parse", "HEAD")
    assert author(checkout, {"LOGNAME": "carol"}) == Author("carol", HOST, "", head)
    assert author(checkout, {}).user == getpass.getuser()


def test_uncommitted_changes_of_the_inventory_are_marked(checkout: Path) -> None:
    head = git(checkout, "rev-parse", "HEAD")
    (checkout.parent / "elsewhere").write_text("x", encoding="utf-8")
    assert author(checkout, {}).commit == head
    (checkout / "a.yaml").write_text("b", encoding="utf-8")
    assert author(checkout, {}).commit == head + "+"


def test_without_git_there_is_no_commit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert author(tmp_path, {}).commit == ""
    monkeypatch.setenv("PATH", str(tmp_path))
    assert author(tmp_path, {}).commit == ""
