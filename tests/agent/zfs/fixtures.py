"""Fixtures on real pools, each test with pools of its own."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from agent.desk import Desk
from agent.zfs.pools import pool
from agent.zfs.station import Station

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def station(tmp_path: Path) -> Iterator[Station]:
    """Return a node with a server's dataset and a storage in another pool."""
    name = f"hf{os.getpid()}"
    with pool(tmp_path, name + "a") as source, pool(tmp_path, name + "b") as target:
        yield Station(Desk(tmp_path / "node"), source, target).settle()
