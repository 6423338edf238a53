"""SIGKILL at any moment of a restore: the target is the old image or the new one, whole."""

from __future__ import annotations

import os
import random
from typing import TYPE_CHECKING

import pytest

from agent.acts.counter import asked, name, restoring, rpc, stocked
from agent.killing import KILLED, STEPS, at_byte, every_other

if TYPE_CHECKING:
    from pathlib import Path

    from agent.desk import Desk

pytestmark = pytest.mark.slow

SIZE = 14_000_000


def check(desk: Desk, old: bytes, new: bytes) -> None:
    image = desk.root / "images/web01.raw"
    assert image.read_bytes() in (old, new)


def finish(desk: Desk, request: bytes, new: bytes) -> None:
    """A restore after the kill comes to its end and clears what the killed one left."""
    with rpc(desk, request) as process:
        out, err = process.communicate(timeout=60)
    assert (process.returncode, b'"result"' in out, err) == (0, True, b"")
    folder = desk.root / "images"
    assert (folder / "web01.raw").read_bytes() == new
    assert os.listdir(folder) == ["web01.raw"]


def test_killed_at_each_step_it_leaves_old_or_new(tmp_path: Path) -> None:
    new, old = os.urandom(SIZE), os.urandom(SIZE)
    desk = stocked(tmp_path, new, compression="gzip")
    request = asked(desk, "restore", name(desk), **restoring())
    kills, finishes = 0, every_other()
    for step in range(1, 200):
        desk.put("images/web01.raw", old)
        with rpc(desk, request, str(step), program=STEPS) as process:
            process.communicate(timeout=60)
        check(desk, old, new)
        if process.returncode != KILLED:
            break
        kills += 1
        if next(finishes):
            finish(desk, request, new)
    assert process.returncode == 0
    assert kills >= 30
    finish(desk, request, new)


def test_killed_at_any_byte_it_leaves_old_or_new(tmp_path: Path) -> None:
    new, old = os.urandom(SIZE), os.urandom(SIZE)
    desk = stocked(tmp_path, new)
    request = asked(desk, "restore", name(desk), **restoring())
    chance = random.Random(3)  # noqa: S311 - any moments will do
    for _ in range(8):
        desk.define(bandwidth_limit=SIZE * 2)
        desk.put("images/web01.raw", old)
        with rpc(desk, request) as process:
            at_byte(process, chance.randrange(SIZE))
        assert process.returncode == KILLED
        check(desk, old, new)
        desk.define()
        finish(desk, request, new)
