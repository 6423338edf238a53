"""A desk that is fresh, and one whose nodes are as the inventory wants them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cli.desk import Desk

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(autouse=True)
def _only_ours(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Commands see their folder and no flags of the person at the keyboard."""
    import os

    for name in list(os.environ):
        if name.startswith(("HOLDFAST_", "GITHUB_", "GITLAB_", "CI_")):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def fresh(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Desk:
    """Return a desk whose nodes have heard of nothing."""
    return Desk(tmp_path, capsys).write().make_nodes()


@pytest.fixture(scope="session")
def applied(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder to copy: applying takes a second, copying does not."""
    folder = tmp_path_factory.mktemp("applied")
    desk = Desk(folder, None)  # type: ignore[arg-type]  # a process of its own needs no capture
    ran = desk.write().make_nodes().process("apply", "--auto-approve")
    assert ran.code == 0, ran
    return folder


@pytest.fixture
def settled(tmp_path: Path, applied: Path, capsys: pytest.CaptureFixture[str]) -> Desk:
    """Return a desk whose nodes are as the inventory wants them."""
    return Desk(tmp_path, capsys).copy_of(applied)
