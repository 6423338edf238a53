"""Fixtures on real pools, each test with pools of its own."""

from __future__ import annotations

import contextlib
import itertools
import os
from typing import TYPE_CHECKING

import pytest

from agent.desk import Desk
from agent.zfs import disks
from agent.zfs.pools import pair
from agent.zfs.station import Station

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from agent.zfs.disks import Disk


_NUMBERS = itertools.count(1)


@pytest.fixture(params=disks.KINDS)
def station(
    tmp_path: Path,
    request: pytest.FixtureRequest,
) -> Iterator[Station]:
    """Return a node with a server's disk, of each kind in turn, and a storage in another pool."""
    with _with_pools(tmp_path, disks.of(request.param)) as station:
        yield station


@pytest.fixture
def filesystem(tmp_path: Path) -> Iterator[Station]:
    """Return a station whose disk is a filesystem of ZFS, for what only those have."""
    with _with_pools(tmp_path, disks.Filesystem()) as station:
        yield station


@contextlib.contextmanager
def _with_pools(folder: Path, kind: Disk) -> Iterator[Station]:
    # A name of its own: should a pool stay, the next test is not hindered by it.
    name = f"hf{os.getpid()}x{next(_NUMBERS)}"
    with (
        pair(folder, name) as (source, target),
        Station(Desk(folder / "node"), source, target, kind).settled() as station,
    ):
        yield station
