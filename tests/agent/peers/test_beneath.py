"""Images on the ZFS of another node: what is taken there goes again, whatever ends the session."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from agent.desk import ID
from agent.peers.apart import processes
from agent.peers.pair import Pair
from agent.peers.test_snapshots import kill
from agent.queueing import wait
from agent.zfs.images import SIZE, THEIRS, Ground, on_zfs
from agent.zfs.pools import zfs
from holdfast.agent.jobs import runs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

pytestmark = pytest.mark.hosts


@dataclass(frozen=True)
class Apart:
    """Two nodes, and the filesystem beneath the image of the one that is asked."""

    pair: Pair
    there: Ground

    def kill(self, find: Callable[[], list[int]]) -> None:
        """Make a run, and kill a process of it while it reads."""
        desk = self.pair.asking
        self.pair.define(bandwidth_limit=SIZE // 4)
        with desk.start("run", "prg", ID) as running:
            wait(desk.names)
            assert self.there.taken() != THEIRS
            kill(*find())
            running.communicate()
        assert runs.read(desk.layout, ID)[-1].status == "failed"

    def run(self) -> list[int]:
        """Return the process that makes the backup."""
        process = runs.read(self.pair.asking.layout, ID)[-1].process
        return [process.pid] if process else []

    def door(self) -> list[int]:
        """Return the process that serves it on the other node."""
        return processes(self.pair.asked.root, b"peer")


@pytest.fixture
def apart(tmp_path: Path) -> Iterator[Apart]:
    pair = Pair.below(tmp_path)
    with on_zfs(tmp_path, pair.asked.root) as dataset:
        pair.settle(os.urandom(SIZE))
        zfs("snapshot", f"{dataset}@{THEIRS[0]}")
        yield Apart(pair, Ground(pair.asked, dataset))


def test_it_is_read_from_a_snapshot_there(apart: Apart) -> None:
    expected = apart.pair.image.read_bytes()
    with apart.pair.image.open("r+b"):
        backup = apart.pair.good()
    (manifest,) = apart.pair.asking.manifests()
    assert manifest["consistency"] == "snapshot"
    assert (apart.pair.asking.disk / f"{backup}.img").read_bytes() == expected
    assert apart.there.taken() == THEIRS


def test_nothing_stays_there_of_a_link_that_is_cut(apart: Apart) -> None:
    apart.kill(apart.run)
    wait(lambda: apart.there.taken() == THEIRS)


def test_what_a_killed_session_left_there_goes_with_the_next(apart: Apart) -> None:
    apart.kill(apart.door)
    assert apart.there.taken() != THEIRS
    apart.pair.good()
    assert apart.there.taken() == THEIRS
