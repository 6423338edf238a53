"""Datasets restored as a user types it: a snapshot, a sealed increment; over a disk, and anew."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from agent.zfs.disks import Filesystem
from agent.zfs.fixtures import zfs_fuse
from agent.zfs.pools import pool, zfs
from agent.zfs.station import files, snapshots
from cli.desk import SEALED, Desk, sample
from cli.shelf import identity, made

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["zfs_fuse"]

pytestmark = pytest.mark.hosts
SNAPSHOTS, FILES = "daily@web01:1", "weekly@web01:1"


@pytest.fixture
def desk(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Desk:
    """Return a desk whose one node has nothing yet."""
    for part in ("etc/cron.d", "images"):
        (tmp_path / "n1" / part).mkdir(parents=True)
    (tmp_path / "n1/etc/timezone").write_text("Europe/Prague\n", encoding="utf-8")
    return Desk(tmp_path, capsys)


@pytest.fixture
def disk(desk: Desk, zfs_fuse: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:  # noqa: ARG001 - it runs
    """Return a server's dataset, backed up as snapshots and as sealed files with increments."""
    folder, name = tmp_path_factory.mktemp("pools"), f"hfc{os.getpid()}"
    with pool(folder, name + "a") as source, pool(folder, name + "b") as target:
        dataset = f"{source}/web01"
        Filesystem().create(dataset)
        desk.inventory = inventory(dataset, f"{target}/holdfast", identity(desk)[1])
        desk.apply()
        yield dataset


def inventory(dataset: str, parent: str, recipient: str) -> dict[str, Any]:
    given = sample()
    node = {"transport": "local", "root": "n1"}
    node["storages"] = {"zones": {"dataset": parent}, "local": {"path": "/backup"}}
    common = {"sources": ["web01:1"], "node": "n1", "schedule": "0 2 * * *", "retention": 9}
    sealed = {"compression": "gzip", "encrypt_to": [recipient], "base_every": 3}
    return {
        "inventory": given["inventory"],
        "nodes": {"n1": node},
        "servers": {"web01": {**given["servers"]["web01"], "disks": {"1": {"dataset": dataset}}}},
        "definitions": [
            {**common, "name": "daily", "type": "dataset", "storage": "zones"},
            {**common, **SEALED, **sealed, "name": "weekly", "storage": "local"},
        ],
    }


def mounted(dataset: str) -> Path:
    return Path(zfs("get", "-H", "-o", "value", "mountpoint", dataset).strip())


def write(dataset: str) -> dict[str, bytes]:
    (mounted(dataset) / "file").write_bytes(os.urandom(100_000))
    return files(mounted(dataset))


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
    assert snapshots(
        desk.inventory["nodes"]["n1"]["storages"]["zones"]["dataset"] + "/web01/disk1"
    ) == [each.rpartition("/")[2] for each in (name, newest)]


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
    desk.inventory["nodes"]["n2"] = {"transport": "local", "root": "n2"}
    desk.inventory["servers"]["web01"]["node"] = "n2"
    (desk.node("n2/etc/cron.d")).mkdir(parents=True)
    desk.node("n2/etc/timezone").write_text("Europe/Prague\n", encoding="utf-8")
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
    chain = desk.inventory["nodes"]["n1"]["storages"]["zones"]["dataset"] + "/web01/disk1"
    assert len(snapshots(chain)) == 2
    (mounted(disk) / "file").write_bytes(later["file"])
    desk.ok("backup", "restore", increment, *words, "--identity", key)
    assert files(mounted(disk)) == other


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
