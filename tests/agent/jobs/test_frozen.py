"""How a freeze went, kept for whoever adopts the snapshot: never better than it was."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from agent.backups.test_manifest import typed
from agent.desk import ID, Desk
from holdfast.agent.jobs import frozen

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


@pytest.mark.parametrize("word", ["frozen", "failed"])
def test_what_was_put_down_is_told_of_that_snapshot_alone(desk: Desk, word: str) -> None:
    asked, off = typed(freeze="best-effort"), typed()
    frozen.record(desk.layout, asked, "17", word)
    assert frozen.word(desk.layout, asked, "17") == word
    assert frozen.word(desk.layout, off, "17") == word  # it was asked for then
    assert frozen.word(desk.layout, asked, "18") == "failed"
    assert frozen.word(desk.layout, off, "18") == "off"


def test_nothing_is_put_down_where_no_freeze_was_asked_for(desk: Desk) -> None:
    frozen.record(desk.layout, typed(), "17", "off")
    assert not (desk.root / "var/lib/holdfast/prg").exists()


@pytest.mark.parametrize("content", ["", "{", "[]", '{"snapshot":"17","freeze":"fine"}'])
def test_what_cannot_be_read_was_not_frozen(desk: Desk, content: str) -> None:
    desk.put(f"var/lib/holdfast/prg/frozen/{ID}.json", content)
    assert frozen.word(desk.layout, typed(freeze="required"), "17") == "failed"
