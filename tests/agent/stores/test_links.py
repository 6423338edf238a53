"""A link in a storage leads no run, rotation, listing or act elsewhere."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

import pytest

from agent.backups.test_manifest import typed
from agent.desk import ID, Desk
from agent.stores.test_directory import make
from holdfast.agent import stores
from holdfast.agent.backups import stock
from holdfast.agent.failure import Failed
from holdfast.agent.setup.survey import Survey

if TYPE_CHECKING:
    from pathlib import Path

LEVELS = ("web01", "web01/disk2")


def contents(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path).settle()


def divert(desk: Desk, level: str) -> Path:
    """Put a link in the place of a folder of the storage; return where it leads."""
    elsewhere = desk.root / "elsewhere"
    folder = desk.nas / level
    if folder.exists():
        shutil.move(folder, elsewhere)
    elsewhere.mkdir(exist_ok=True)
    folder.parent.mkdir(exist_ok=True)
    folder.symlink_to(elsewhere)
    return elsewhere


@pytest.mark.parametrize("level", LEVELS)
def test_no_run_writes_or_clears_behind_a_link(desk: Desk, level: str) -> None:
    elsewhere = divert(desk, level)
    inside = elsewhere / ("disk2" if level == "web01" else "")
    inside.mkdir(exist_ok=True)
    (inside / ".weekly-20261121_033000.img.prg.partial").write_bytes(b"theirs")
    before = contents(elsewhere)
    done = desk.run("run", "prg", ID)
    assert done.returncode == 1
    assert f"{level} is a link: put a folder there" in done.stderr
    assert contents(elsewhere) == before


@pytest.mark.parametrize("level", LEVELS)
def test_a_link_that_comes_while_a_backup_is_written_gets_none(desk: Desk, level: str) -> None:
    store = stores.of_files(desk.layout, typed(), ("prg",))
    with store.draft(".img") as draft:
        elsewhere = divert(desk, level)
        with pytest.raises(Failed, match="is a link"):
            store.commit(draft, None)
    assert not [name for name in contents(elsewhere) if name.endswith(".json")]


@pytest.mark.parametrize("level", LEVELS)
def test_no_backup_behind_a_link_is_listed_or_removed(desk: Desk, level: str) -> None:
    store = stores.of_files(desk.layout, typed(), ("prg",))
    make(store)
    (found,) = store.backups()
    elsewhere = divert(desk, level)
    before = contents(elsewhere)
    for refused in (store.backups, store.clear, lambda: store.remove(found)):
        with pytest.raises(Failed, match="is a link"):
            refused()
    assert contents(elsewhere) == before


def test_a_link_is_told_of_and_hides_no_other_backup(desk: Desk) -> None:
    make(stores.of_files(desk.layout, typed(), ("prg",)))
    os.symlink("web01", desk.nas / "web02")
    lines = list(stock.answer(Survey(desk.layout)))
    assert [line["type"] for line in lines] == ["problem", "backup"]
    assert "mnt/nas/web02 is a link" in str(lines[0]["what"])
    assert lines[0]["severity"] == "warning"
