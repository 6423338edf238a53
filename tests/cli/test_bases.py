"""A plan says beforehand where the next backup of a dataset is a new full one."""

from __future__ import annotations

import contextlib
import subprocess
from typing import TYPE_CHECKING

import pytest

from agent.zfs.pools import destroy_held, zfs
from agent.zfs.station import snapshots
from cli.datasets import SNAPSHOTS, chain, desk, disk, with_another_node, write
from cli.shelf import made

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cli.desk import Desk

__all__ = ["desk", "disk"]

pytestmark = pytest.mark.hosts

GONE = (
    "is the chain's newest any more: the next backup is a new full one, "
    "the chain so far is set aside (make room for it in zones)"
)


def destroyed(dataset: str) -> None:
    """Take away all snapshots of a dataset, as somebody who knows nothing of us."""
    destroy_held(*(f"{dataset}@{snapshot}" for snapshot in snapshots(dataset)))


@contextlib.contextmanager
def older(chain: str) -> Iterator[None]:
    """Give a chain's newest snapshot the name of an older one meanwhile."""
    newest, old = f"{chain}@{snapshots(chain)[-1]}", f"{chain}@daily-20200101_000000"
    zfs("rename", newest, old)
    yield
    zfs("rename", old, newest)


def chains(desk: Desk) -> list[str]:
    """Return the chain of the disk and those that were set aside."""
    told = zfs("list", "-H", "-o", "name", "-r", chain(desk).rpartition("/")[0])
    return [name for name in told.split() if name.startswith(chain(desk))]


@pytest.mark.parametrize("home", ["n1", "n2"])
def test_a_plan_says_that_a_base_is_gone(desk: Desk, disk: str, home: str) -> None:
    if home == "n2":
        with_another_node(desk)
        desk.apply()
    assert GONE not in desk.ok("plan", "--detailed-exitcode").out
    write(disk)
    made(desk, SNAPSHOTS)
    assert GONE not in desk.ok("plan", "--detailed-exitcode").out
    destroyed(disk)
    where = disk if home == "n1" else f"{disk} on n2"
    warning = f"! warning  node/n1/definition/{SNAPSHOTS}: no snapshot of {where} {GONE}"
    with older(chain(desk)):
        for words in (("plan", "--detailed-exitcode"), ("drift",), ("drift", "--pending")):
            assert warning in desk.ok(*words).out
    assert (warning in desk.ok("plan").out) == (home == "n1")  # two nodes' clocks may differ
    made(desk, SNAPSHOTS)
    assert len(chains(desk)) == 2  # one is set aside
    assert GONE not in desk.ok("plan", "--detailed-exitcode").out


def test_a_plan_says_what_another_dataset_means(desk: Desk, disk: str) -> None:
    write(disk)
    base = made(desk, SNAPSHOTS).rpartition("/")[2]
    same, other = f"{disk}-same", f"{disk}-other"
    # A rename would have to wait until nobody has the file system mounted.
    subprocess.run(["sh", "-c", f"zfs send {disk}@{base} | zfs receive -u {same}"], check=True)
    zfs("create", other)
    note = "note: {} reads {} instead of {}: unless it is the same dataset under another name"
    for before, new, is_other in ((disk, same, False), (same, other, True)):
        desk.inventory["servers"]["web01"]["disks"]["1"] = {"dataset": new}
        assert note.format(SNAPSHOTS, new, before) in desk.write().ok("plan").out
        desk.apply()
        assert (GONE in desk.ok("plan", "--detailed-exitcode").out) == is_other
        was = chains(desk)
        made(desk, SNAPSHOTS)
        assert len(chains(desk)) - len(was) == is_other
