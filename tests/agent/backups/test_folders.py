"""Folders below a storage: links are found, and never followed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from holdfast.agent.backups import folders
from holdfast.agent.failure import Failed

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def place(tmp_path: Path) -> Path:
    place = tmp_path / "nas"
    (place / "web01/disk1").mkdir(parents=True)
    (place / ".hidden").mkdir()
    (place / "notes").write_text("x")
    (place / "latest").symlink_to("notes")
    (place / "web02").symlink_to("web01")
    (place / "web01/disk2").symlink_to("disk1")
    return place


def test_real_folders_and_links_to_folders_are_told_apart(place: Path) -> None:
    assert folders.below(str(place)) == [str(place / "web01")]
    assert folders.links(str(place)) == [str(place / "web01/disk2"), str(place / "web02")]


@pytest.mark.parametrize("folder", ["web01", "web01/disk1", "web01/disk9", "web09/disk1"])
def test_folders_and_what_is_not_there_yet_will_do(place: Path, folder: str) -> None:
    folders.refuse_links(str(place), str(place / folder))


@pytest.mark.parametrize(
    ("folder", "what"),
    [
        ("web01/disk2", "web01/disk2 is a link"),
        ("web02/disk1", "nas/web02 is a link"),
        ("web02/disk9", "nas/web02 is a link"),
        ("notes/disk1", "nas/notes is no folder"),
    ],
)
def test_anything_else_is_refused(place: Path, folder: str, what: str) -> None:
    with pytest.raises(Failed, match=f"{what}: put a folder there"):
        folders.refuse_links(str(place), str(place / folder))


def test_a_storage_itself_may_lie_behind_a_link(place: Path) -> None:
    link = place.parent / "link"
    link.symlink_to(place)
    folders.refuse_links(str(link), str(link / "web01/disk1"))
    assert folders.below(str(link)) == [str(link / "web01")]
