"""The bench of backups: its node is due each time, and a run that made nothing is no sample."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bench import contents, node
from bench.command import CommandError, run

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.slow

IMAGE = "/images/disk.raw"
WANTED = {"type": "file", "compression": "gzip", "encrypt_to": "none"}


@pytest.mark.parametrize("kind", ["compressible", "random"])
def test_an_image_has_the_size_that_was_asked_for(tmp_path: Path, kind: str) -> None:
    contents.write(kind, tmp_path / "image", 3)
    assert (tmp_path / "image").stat().st_size == 3 << 20


def test_each_run_makes_a_backup_of_its_own(tmp_path: Path) -> None:
    here = node.make(tmp_path / "holdfast")
    contents.write("random", here.inside(IMAGE), 1)
    command = here.apply({"image": IMAGE}, {"path": "/backups"}, WANTED, clear=("backups/srv",))
    for _ in range(2):
        assert run(command).wall > 0
        (made,) = here.inside("backups/srv/disk1").glob("*.img.gz")
        assert made.stat().st_size > 1 << 20
    here.inside(IMAGE).unlink()
    with pytest.raises(CommandError, match="cannot be opened"):
        run(command)
