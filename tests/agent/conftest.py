"""Nodes that are set up already: one is applied to, the others are copies of it."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from agent.installed import Installed, change
from agent.xfs import reflinking
from agent.zfs.fixtures import filesystem, station

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["applied", "filesystem", "node", "station"]


@pytest.fixture(scope="session")
def applied(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the root of a node to which only the agent was applied."""
    node = Installed(tmp_path_factory.mktemp("applied")).bring()
    node.apply(change("agent", "", None, node.here()))
    return node.root


@pytest.fixture
def node(applied: Path, tmp_path: Path) -> Installed:
    """Return a node with the agent, of a test's own."""
    root = tmp_path / "node"
    shutil.copytree(applied, root, symlinks=True)
    return Installed(root)


@pytest.fixture
def xfs(tmp_path: Path) -> Iterator[Path]:
    """A file system that can reflink."""
    with reflinking(tmp_path) as mounted:
        yield mounted
