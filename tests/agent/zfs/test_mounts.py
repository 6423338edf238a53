"""Where a dataset is mounted, as the kernel's table tells it: nothing else passes for it."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

import pytest

from agent.zfs.pools import zfs
from holdfast.agent.zfs import datasets, mounts

if TYPE_CHECKING:
    from pathlib import Path

    from agent.zfs.station import Station

FUSE = "36 35 0:47 / /b/h rw,relatime - fuse.zfs b/h rw,user_id=0,group_id=0,allow_other\n"
DEVICE = os.makedev(0, 47)


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        (FUSE, [("/b/h", DEVICE)]),
        ("36 35 0:47 / /b/h rw shared:1 master:2 - zfs b/h rw,xattr\n", [("/b/h", DEVICE)]),
        (r"36 35 0:47 / /a\040b\134 rw - zfs b/h rw" + "\n", [("/a b\\", DEVICE)]),
        (FUSE.replace("user_id=0", "user_id=1000"), []),  # anybody's, under our name
        (FUSE.replace("user_id=0", "x_user_id=0"), []),
        (FUSE.replace("fuse.zfs", "tmpfs"), []),
        (FUSE.replace("zfs b/h", "zfs b/h/below"), []),
        (FUSE.replace("zfs b/h", "zfs b/h@daily"), []),
        (FUSE.replace(" / /", " /folder /"), []),  # a part of it
        ("36 35 0:47 / /b/h rw - zfs  rw\n", []),  # some sources are empty
    ],
)
def test_the_whole_of_a_dataset_mounted_as_one(line: str, wanted: list[tuple[str, int]]) -> None:
    others = "22 27 0:21 / /proc rw,relatime - proc proc rw\n"
    table = [row.encode() for row in (others, line, others)]
    assert mounts.told(table, "b/h") == wanted


@pytest.mark.hosts
def test_what_is_hidden_by_another_mount_is_not_where_it_was(
    filesystem: Station, tmp_path: Path
) -> None:
    dataset, place = f"{filesystem.target}/seen", tmp_path / "a place"
    zfs("create", "-o", f"mountpoint={place}", dataset)
    assert mounts.of(dataset) == str(place) == datasets.mountpoint(dataset)
    subprocess.run(["mount", "-t", "tmpfs", "tmpfs", place], check=True)
    try:
        assert mounts.of(dataset) is None
    finally:
        subprocess.run(["umount", place], check=True)
    assert mounts.of(dataset) == str(place)
    zfs("unmount", dataset)
    assert mounts.of(dataset) is None is datasets.mountpoint(dataset)


@pytest.mark.hosts
def test_a_file_lies_on_the_innermost_dataset(filesystem: Station) -> None:
    inner = filesystem.files / "inner"
    zfs("create", f"{filesystem.disk}/inner")
    for folder, dataset in (
        (filesystem.files, filesystem.disk),
        (inner, f"{filesystem.disk}/inner"),
    ):
        (folder / "file").touch()
        assert mounts.beneath(str(folder / "file")) == (dataset, str(folder))
    assert mounts.beneath(str(inner / "absent")) is None
    assert mounts.beneath("/proc/version") is None
    subprocess.run(["mount", "-t", "tmpfs", "tmpfs", inner], check=True)
    try:
        (inner / "file").touch()
        assert mounts.beneath(str(inner / "file")) is None
    finally:
        subprocess.run(["umount", inner], check=True)
