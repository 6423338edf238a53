"""Nodes that are set up already: one is applied to, the others are copies of it."""

from __future__ import annotations

import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

from agent.installed import Installed, change
from agent.zfs.fixtures import filesystem, station, zfs_fuse

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["applied", "filesystem", "node", "station", "zfs_fuse"]


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
    backing, mounted = tmp_path / "xfs", tmp_path / "mounted"
    with backing.open("wb") as file:
        file.truncate(320 << 20)
    subprocess.run(["mkfs.xfs", "-q", "-m", "reflink=1", str(backing)], check=True)
    mounted.mkdir()
    subprocess.run(["mount", "-o", "loop", str(backing), str(mounted)], check=True)
    yield mounted
    subprocess.run(["umount", str(mounted)], check=True)
