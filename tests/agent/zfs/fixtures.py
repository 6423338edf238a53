"""Fixtures on real pools, each test with pools of its own."""

from __future__ import annotations

import itertools
import os
from typing import TYPE_CHECKING

import pytest

from agent.desk import Desk
from agent.zfs import disks
from agent.zfs.pools import daemon, pool
from agent.zfs.station import Station

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


_NUMBERS = itertools.count(1)


@pytest.fixture(scope="session")
def zfs_fuse() -> Iterator[None]:
    """Have the daemon run from the first test that needs it to the last: its end takes seconds."""
    with daemon():
        yield


@pytest.fixture(params=disks.KINDS)
def station(
    zfs_fuse: None,  # noqa: ARG001 - it runs
    tmp_path: Path,
    request: pytest.FixtureRequest,
) -> Iterator[Station]:
    """Return a node with a server's disk, of each kind in turn, and a storage in another pool."""
    # A name of its own: should a pool stay, the next test is not hindered by it.
    name, kind = f"hf{os.getpid()}x{next(_NUMBERS)}", disks.of(request.param)
    with (
        pool(tmp_path, name + "a") as source,
        pool(tmp_path, name + "b") as target,
        Station(Desk(tmp_path / "node"), source, target, kind).settled() as station,
    ):
        yield station


@pytest.fixture
def filesystem(station: Station) -> Station:
    """Return a station whose disk is a filesystem of ZFS."""
    if not isinstance(station.kind, disks.Filesystem):
        pytest.skip("only filesystems of ZFS have this")
    return station
