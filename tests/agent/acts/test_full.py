"""A restore to a file system that is full: the old image stays, and nothing else does."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

import pytest

from agent.acts.counter import act, asked, name, restoring, stocked

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.hosts


def test_a_full_disk_leaves_the_old_image(tmp_path: Path) -> None:
    desk = stocked(tmp_path, os.urandom(600_000))
    folder = desk.root / "images"
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(folder)], check=True)
    try:
        old = b"x" * 600_000
        image = desk.put("images/web01.raw", old)
        told = act(desk, asked(desk, "restore", name(desk), **restoring()))
        assert (told["type"], "No space left on device" in told["message"]) == ("failure", True)
        assert "nothing was changed" in told["message"]
        assert image.read_bytes() == old
        assert os.listdir(folder) == ["web01.raw"]
    finally:
        subprocess.run(["umount", str(folder)], check=True)
