"""Storages that cannot take a backup: full, or read-only. Nothing half-written has a final name."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

import pytest

from agent.desk import ID, Desk
from holdfast.agent.jobs import runs

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.hosts

MARKER = ".holdfast-storage.json"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """A storage on a file system of one MiB, and an image that is larger."""
    desk = Desk(tmp_path).settle(content=os.urandom(2 << 20))
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(desk.nas)], check=True)
    desk.put(f"mnt/nas/{MARKER}", '{"id":"m1"}')
    yield desk
    subprocess.run(["umount", str(desk.nas)], check=True)


def test_a_full_disk_keeps_nothing_and_says_what_to_do(desk: Desk) -> None:
    done = desk.run("run", "prg", ID)
    assert done.returncode == 1
    assert f"storage nas: No space left on device at {desk.nas}: free some space" in done.stderr
    assert "no backup was made" in done.stderr
    assert desk.names() == []
    desk.put("images/web01.raw", b"small enough")
    assert desk.run("run", "prg", ID).returncode == 0
    assert len(desk.names()) == 2


def test_a_disk_that_fills_up_loses_no_earlier_backup(desk: Desk) -> None:
    desk.define(retention={"last": 1})
    desk.put("images/web01.raw", os.urandom(600_000))
    assert desk.run("run", "prg", ID).returncode == 0
    before = desk.names()
    assert desk.run("run", "prg", ID).returncode == 1
    assert desk.names() == before
    assert [run.status for run in runs.read(desk.layout, ID)] == ["success", "failed"]


def test_a_read_only_disk_is_named_as_such(desk: Desk) -> None:
    subprocess.run(["mount", "-o", "remount,ro", str(desk.nas)], check=True)
    done = desk.run("run", "prg", ID)
    assert done.returncode == 1
    assert "Read-only file system" in done.stderr
    assert "mount it writable" in done.stderr
    assert os.listdir(desk.nas) == [MARKER]
