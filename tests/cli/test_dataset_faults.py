"""What goes wrong with a dataset's backup: one message that says what to do, nothing half done."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from agent.zfs.bench import below
from agent.zfs.pools import patiently, zfs
from agent.zfs.station import snapshots
from cli.datasets import FILES, SNAPSHOTS, chain, desk, disk, mounted, write
from cli.shelf import listed, made

if TYPE_CHECKING:
    from cli.desk import Desk

__all__ = ["desk", "disk"]

pytestmark = pytest.mark.hosts

LARGE = 16_000_000


def refused(desk: Desk, identity: str) -> str:
    """Have a run fail and leave nothing; return the line that says why."""
    before, there = listed(desk), below(chain(desk).partition("/")[0])
    ran = desk.run("backup", "now", identity)
    assert (ran.code, ran.out) == (1, ""), ran
    assert listed(desk) == before
    assert below(chain(desk).partition("/")[0]) == there
    assert not list(desk.node("n1/backup").rglob(".*partial"))
    (said,) = [line for line in ran.err.splitlines() if not line.startswith("run ")]
    return said


@pytest.mark.parametrize("identity", [SNAPSHOTS, FILES])
def test_a_dataset_that_is_missing(desk: Desk, disk: str, identity: str) -> None:
    write(disk)
    made(desk, identity)
    for snapshot in snapshots(disk):
        zfs("release", "holdfast", f"{disk}@{snapshot}")
    patiently("zfs", "destroy", "-r", disk)
    assert f"dataset {disk} does not exist on this node: bring it back" in refused(desk, identity)


def test_a_storage_that_is_full(desk: Desk, disk: str) -> None:
    write(disk)
    made(desk, SNAPSHOTS)
    (mounted(disk) / "large").write_bytes(os.urandom(LARGE))
    pool = chain(desk).partition("/")[0]
    free = int(zfs("get", "-H", "-p", "-o", "value", "available", pool))
    zfs("create", "-o", f"reservation={free - LARGE // 4}", f"{pool}/filler")
    said = refused(desk, SNAPSHOTS)
    assert f"no space left for {chain(desk)}: free some, or keep fewer backups" in said
    zfs("set", "reservation=none", f"{pool}/filler")
    made(desk, SNAPSHOTS)
