"""Datasets restored as a user types it: a snapshot, a sealed increment; over a disk, and anew."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest

from agent.zfs.pools import zfs
from agent.zfs.station import files, snapshots
from cli.datasets import (
    FILES,
    SNAPSHOTS,
    chain,
    desk,
    disk,
    mounted,
    with_another_node,
    write,
)
from cli.shelf import made

if TYPE_CHECKING:
    from cli.desk import Desk

__all__ = ["desk", "disk"]

pytestmark = pytest.mark.hosts


def test_what_a_restore_means_for_the_next_backups_is_said(desk: Desk, disk: str) -> None:
    expected = write(disk)
    name = made(desk, SNAPSHOTS)
    made(desk, FILES)
    write(disk)
    words = ("backup", "restore", name, "--to", "web01:1", "--yes-destroy")
    assert desk.run(*words, "web01").code == 1
    said = desk.ok(*words, "web01:1").err
    assert files(mounted(disk)) == expected
    assert f"{name}: restored to n1:{disk}" in said
    assert f"the next backup of {FILES} is sent whole" in said
    assert f"the next backup of {SNAPSHOTS}" not in said
    newest = made(desk, SNAPSHOTS)
    assert snapshots(chain(desk)) == [each.rpartition("/")[2] for each in (name, newest)]


def test_a_sealed_increment_is_restored_upon_its_base(desk: Desk, disk: str) -> None:
    key = str(desk.node("identity.txt"))
    write(disk)
    base = made(desk, FILES)
    expected = write(disk)
    name = made(desk, FILES)
    later = write(disk)
    new = disk.rpartition("/")[0] + "/new"
    words = ("backup", "restore", name)
    assert desk.run(*words, "--to-dataset", new).code == 12
    assert desk.run(*words, "--to-file", "/images/new", "--identity", key).code == 1
    desk.ok(*words, "--to-dataset", new, "--identity", key)
    assert files(mounted(new)) == expected
    assert files(mounted(disk)) == later
    said = desk.ok(*words, "--to", "web01:1", "--yes-destroy", "web01:1", "--identity", key).err
    assert files(mounted(disk)) == expected
    assert f"the next backup of {FILES}" not in said
    write(disk)
    again = made(desk, FILES)
    (shown,) = desk.ok("backup", "show", again, "--format", "json").json["backups"]
    assert (shown["status"], shown["base"]) == ("ok", base.rpartition("/")[2])


def test_a_disk_of_another_node_is_put_back_there(desk: Desk, disk: str) -> None:
    with_another_node(desk)
    desk.apply()
    key = str(desk.node("identity.txt"))
    expected = write(disk)
    name = made(desk, SNAPSHOTS)
    made(desk, FILES)
    other = write(disk)
    increment = made(desk, FILES)
    later = write(disk)
    words = ("--to", "web01:1", "--yes-destroy", "web01:1")
    assert "n2:" + disk in desk.ok("backup", "restore", name, *words).err
    assert files(mounted(disk)) == expected
    write(disk)
    made(desk, SNAPSHOTS)
    assert len(snapshots(chain(desk))) == 2
    (mounted(disk) / "file").write_bytes(later["file"])
    desk.ok("backup", "restore", increment, *words, "--identity", key)
    assert files(mounted(disk)) == other


def test_a_new_dataset_is_made_on_another_node(desk: Desk, disk: str) -> None:
    with_another_node(desk)
    desk.apply()
    expected = write(disk)
    name = made(desk, SNAPSHOTS)
    later = write(disk)
    new = disk.rpartition("/")[0] + "/new"
    words = ("backup", "restore", name, "--to-dataset", new, "--on", "n2")
    assert f"{name}: restored to n2:{new}" in desk.ok(*words).err
    assert [files(mounted(each)) for each in (new, disk)] == [expected, later]
    assert "is there already" in desk.run(*words).err
    assert not list(desk.node("n2/var/lib/holdfast/lab/tickets").iterdir())


def test_the_stream_of_a_snapshot_is_downloaded_and_goes_on(desk: Desk, disk: str) -> None:
    expected = write(disk)
    name = made(desk, SNAPSHOTS)
    manifest = desk.ok("backup", "show", name, "--format", "json").json["backups"][0]["manifest"]
    desk.ok("backup", "download", name)
    whole = desk.node(name.rpartition("/")[2] + ".zfs").read_bytes()
    part = desk.node(f".again.zfs.{manifest['snapshot']}.part")
    part.write_bytes(whole[: len(whole) // 2])
    desk.ok("backup", "download", name, "-o", "again.zfs")
    assert desk.node("again.zfs").read_bytes() == whole
    new = disk.rpartition("/")[0] + "/new"
    subprocess.run(["zfs", "receive", new], input=whole, check=True)
    assert files(mounted(new)) == expected
    part.write_bytes(b"x" * 500)
    ran = desk.run("backup", "download", name, "-o", "again.zfs")
    assert "is there already" in ran.err
    desk.node("again.zfs").unlink()
    ran = desk.run("backup", "download", name, "-o", "again.zfs")
    assert (ran.code, "is not what was sent" in ran.err) == (1, True)
    assert not part.exists()
    assert not desk.node("again.zfs").exists()


def test_an_increment_is_downloaded_in_the_clear_and_says_what_it_needs(
    desk: Desk, disk: str
) -> None:
    key = str(desk.node("identity.txt"))
    new = disk.rpartition("/")[0] + "/new"
    write(disk)
    base = made(desk, FILES)
    expected = write(disk)
    increment = made(desk, FILES)
    for name in (base, increment):
        said = desk.ok("backup", "download", name, "--identity", key).err
        content = desk.node(name.rpartition("/")[2] + ".zfs").read_bytes()
        subprocess.run(["zfs", "receive", "-u", new], input=content, check=True)
    assert f"`zfs receive` its base {base.rpartition('/')[2]} first" in said
    zfs("mount", new)
    assert files(mounted(new)) == expected


def test_deleting_what_the_next_backup_is_sent_since_is_said(desk: Desk, disk: str) -> None:
    write(disk)
    names = [made(desk, SNAPSHOTS) for _ in range(3)]
    for name, is_newest in ((names[1], False), (names[2], True)):
        said = desk.ok("backup", "delete", name, "--yes-destroy", name).err
        assert ("; the next backup of web01:1 there is sent whole" in said) == is_newest
    assert "is set aside as" in desk.ok("backup", "now", SNAPSHOTS).err
