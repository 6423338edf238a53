"""A disk with datasets below it, restored whole to another node; its next backup goes on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from agent.zfs.pools import zfs
from agent.zfs.station import files, snapshots
from cli.datasets import SNAPSHOTS, chain, desk, disk, mounted, with_another_node, write
from cli.shelf import made

if TYPE_CHECKING:
    from cli.desk import Desk

__all__ = ["desk", "disk"]

pytestmark = pytest.mark.hosts


def test_a_tree_of_another_node_is_put_back_there(desk: Desk, disk: str) -> None:
    with_another_node(desk)
    desk.inventory["servers"]["web01"]["disks"]["1"]["recursive"] = True
    desk.inventory["definitions"] = desk.inventory["definitions"][:1]
    zfs("create", f"{disk}/a")
    zfs("create", f"{disk}/a/b")
    desk.apply()
    children = (disk, f"{disk}/a", f"{disk}/a/b")
    for dataset in children:
        write(dataset)
    expected = files(mounted(disk))
    assert len(expected) == len(children)
    name = made(desk, SNAPSHOTS)
    for dataset in children:
        write(dataset)
    refused = desk.run("backup", "restore", name, "--to-file", "/images/tree")
    assert (refused.code, "no one file holds them: restore it to a dataset" in refused.err) == (
        1,
        True,
    )
    desk.ok("backup", "restore", name, "--to", "web01:1", "--yes-destroy", "web01:1")
    for dataset in children[1:]:
        if zfs("get", "-H", "-o", "value", "mounted", dataset).strip() != "yes":
            zfs("mount", dataset)
    assert files(mounted(disk)) == expected
    newest = made(desk, SNAPSHOTS)
    both = [each.rpartition("/")[2] for each in (name, newest)]
    for path in ("", "/a", "/a/b"):
        assert snapshots(chain(desk) + path) == both
