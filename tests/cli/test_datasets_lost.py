"""Snapshots are told and restored from the pool alone; one that is gone, or of no ZFS, is told."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from agent.zfs.pools import zfs
from agent.zfs.station import files
from cli.datasets import FILES, SNAPSHOTS, chain, desk, disk, mounted, write
from cli.shelf import listed, made

if TYPE_CHECKING:
    from cli.desk import Desk

__all__ = ["desk", "disk"]

pytestmark = pytest.mark.hosts


def test_what_a_node_lost_of_itself_is_in_the_pool(desk: Desk, disk: str) -> None:
    expected = write(disk)
    name = made(desk, SNAPSHOTS)
    write(disk)
    before = listed(desk)
    shutil.rmtree(desk.node("n1/var/lib/holdfast"))
    desk.apply()
    assert listed(desk) == before
    desk.ok("backup", "restore", name, "--to", "web01:1", "--yes-destroy", "web01:1")
    assert files(mounted(disk)) == expected
    write(disk)
    made(desk, SNAPSHOTS)
    assert [backup["sequence"] for backup in listed(desk)] == [1, 2]


def test_a_snapshot_that_is_gone_is_lost_and_refused(desk: Desk, disk: str) -> None:
    write(disk)
    name = made(desk, SNAPSHOTS)
    write(disk)
    later = made(desk, SNAPSHOTS)
    gone = f"{chain(desk)}@{name.rpartition('/')[2]}"
    zfs("destroy", gone)
    told = {backup["name"]: (backup["status"], backup["fault"]) for backup in listed(desk)}
    fault = f"snapshot @{name.rpartition('/')[2]} is missing"
    assert told == {name: ("lost", fault), later: ("ok", "")}
    new = disk.rpartition("/")[0] + "/new"
    ran = desk.run("backup", "restore", name, "--to-dataset", new)
    assert (ran.code, f"{name} is lost: {fault}" in ran.err) == (1, True)
    ran = desk.run("backup", "verify", "--all")
    assert (ran.code, f"LOST: {fault}" in ran.out) == (2, True)
    desk.ok("backup", "delete", name, "--yes-destroy", name)
    assert [backup["name"] for backup in listed(desk)] == [later]


def test_what_does_not_fit_together_says_why(desk: Desk, disk: str) -> None:
    write(disk)
    snapshot, file = made(desk, SNAPSHOTS), made(desk, FILES)
    key = str(desk.node("identity.txt"))
    new = disk.rpartition("/")[0] + "/new"
    for words, code, why in (
        ((snapshot, "--to-dataset", new, "--identity", key), 12, "is not encrypted"),
        ((snapshot, "--to-dataset", "nopool/new"), 1, "there is no dataset nopool"),
        ((snapshot, "--to-dataset", "new"), 1, "is no name of a dataset in a pool"),
        ((snapshot, "--to-dataset", disk), 1, "is there already"),
        ((snapshot, "--to-dataset", new, "--to-file", "/x"), 64, "give --to SERVER:DISK"),
        ((file, "--to-dataset", new), 12, "is encrypted: give --identity FILE"),
        ((file, "--to", "web01:7"), 1, "web01 has no disk 7: it has web01:1"),
    ):
        ran = desk.run("backup", "restore", *words)
        assert (ran.code, why in ran.err) == (code, True), ran
    (desk.node("n1/images/there")).write_bytes(b"")
    ran = desk.run("backup", "restore", snapshot, "--to-file", "/images/there")
    assert (ran.code, "is there already" in ran.err) == (1, True)
    told = zfs("list", "-H", "-o", "name", "-r", disk.rpartition("/")[0]).split()
    assert told == [disk.rpartition("/")[0], disk]
