"""The only backup of a definition is deleted: the list is empty then, and the next one is whole."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from agent.zfs.pools import is_there
from agent.zfs.station import files, snapshots
from cli.datasets import FILES, SNAPSHOTS, chain, desk, disk, mounted, write
from cli.shelf import ID, IMAGE, listed, made

if TYPE_CHECKING:
    from cli.desk import Desk

__all__ = ["desk", "disk"]

pytestmark = pytest.mark.slow  # each test starts many agents


def emptied(desk: Desk, name: str) -> str:
    """Delete the only backup there is; return what was said of that."""
    said = desk.ok("backup", "delete", name, "--yes-destroy", name).err
    assert listed(desk) == []
    assert desk.ok("backup", "verify", "--all").out == ""
    assert desk.ok("plan", "--detailed-exitcode").code == 0
    desk.ok("drift")
    return said


def test_of_an_image(settled: Desk) -> None:
    name = made(settled)
    assert emptied(settled, name) == f"{name}: deleted on n1\n"
    assert list(settled.node("n1/backup/web01/disk1").iterdir()) == []
    again = made(settled)
    (row,) = listed(settled, "--definition", ID)
    assert (row["name"], row["kind"], row["status"], row["sequence"]) == (again, "base", "ok", 2)
    before = settled.node(IMAGE).read_bytes()
    settled.ok("backup", "restore", again, "--to-file", "/images/new.raw")
    assert settled.node("n1/images/new.raw").read_bytes() == before


@pytest.mark.hosts
@pytest.mark.parametrize("identity", [SNAPSHOTS, FILES])
def test_of_a_dataset(desk: Desk, disk: str, identity: str) -> None:
    write(disk)
    name = made(desk, identity)
    said = emptied(desk, name)
    whole = "; the next backup of web01:1 there is sent whole" if identity == SNAPSHOTS else ""
    assert said == f"{name}: deleted on n1{whole}\n"
    assert not is_there(chain(desk))
    expected = write(disk)
    first, _ = made(desk, identity), write(disk)
    made(desk, identity)
    base = [row["base"] for row in listed(desk)]
    assert base == ([None, None] if identity == SNAPSHOTS else [None, first.rpartition("/")[2]])
    assert [row["sequence"] for row in listed(desk)] == [2, 3]
    assert len(snapshots(disk)) == 1  # the base of what comes next, and nothing of the deleted one
    new = disk.rpartition("/")[0] + "/new"
    key = () if identity == SNAPSHOTS else ("--identity", str(desk.node("identity.txt")))
    desk.ok("backup", "restore", first, "--to-dataset", new, *key)
    assert files(mounted(new)) == expected
