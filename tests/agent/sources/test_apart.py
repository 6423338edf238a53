"""Images and backups are kept apart: a backup of what lies among backups is refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from agent.desk import ID, Desk
from holdfast.agent.backups import marker

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path).settle()


@pytest.mark.parametrize("image", ["mnt/nas/web01.raw", "mnt/nas/deep/er/web01.raw"])
def test_an_image_in_a_storage_fails_its_run(desk: Desk, image: str) -> None:
    desk.put(image, b"data")
    desk.define(source={"kind": "image", "place": "/" + image, "node": "bkp01"})
    done = desk.run("run", "prg", ID)
    assert done.returncode == 1
    assert "web01.raw lies in the storage at" in done.stderr
    assert desk.manifests() == []


def test_a_link_to_a_storage_hides_nothing(desk: Desk) -> None:
    desk.put("mnt/nas/deep/web01.raw", b"data")
    (desk.root / "sly").symlink_to(desk.nas / "deep")
    desk.define(source={"kind": "image", "place": "/sly/web01.raw", "node": "bkp01"})
    assert "lies in the storage" in desk.run("run", "prg", ID).stderr


def test_beside_a_storage_and_above_the_root_all_is_well(desk: Desk) -> None:
    (desk.root.parent / marker.NAME).write_text("{}")
    path = str(desk.root / "images/web01.raw")
    assert marker.above(path, str(desk.root)) == ""
    assert marker.above(path, "/") == str(desk.root.parent)
    assert desk.run("run", "prg", ID).returncode == 0
