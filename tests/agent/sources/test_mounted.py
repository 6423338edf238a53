"""Images on file systems of their own: reflinks, and loop devices that the kernel writes for."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

import pytest

from holdfast.agent.failure import Failed
from holdfast.agent.sources.image import Image
from holdfast.agent.sources.moment import Moment

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.hosts


def test_a_reflink_is_of_one_moment_though_a_writer_goes_on(xfs: Path) -> None:
    path = xfs / "disk.raw"
    path.write_bytes(b"before" * 400_000)
    with path.open("r+b", buffering=0) as writer:
        image = Image(Moment(str(path)), "snapshot")
        assert os.listdir(xfs) == ["disk.raw"]
        blocks = iter(image.blocks())
        content = next(blocks)
        for offset in range(0, 2_400_000, 100_000):
            writer.seek(offset)
            writer.write(b"AFTER")
        content += b"".join(blocks)
    image.close()
    assert content == b"before" * 400_000
    assert (image.consistency, image.doubt) == ("reflink", "")


def test_an_image_under_a_loop_device_is_being_written(tmp_path: Path) -> None:
    path = tmp_path / "disk.raw"
    path.write_bytes(bytes(1 << 20))
    done = subprocess.run(
        ["losetup", "--find", "--show", str(path)], capture_output=True, text=True, check=True
    )
    device = done.stdout.strip()
    try:
        with pytest.raises(Failed, match=f"is open for writing by loop device {device}"):
            Image(Moment(str(path)), "snapshot")
    finally:
        subprocess.run(["losetup", "--detach", device], check=True)
    image = Image(Moment(str(path)), "snapshot")
    image.close()
    assert image.consistency == "unchanged"
