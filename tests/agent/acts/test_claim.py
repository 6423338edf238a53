"""What is done with a backup at this moment is seen, and ends with whoever does it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from agent.acts.counter import act, asked, name, restoring, stocked
from agent.standing import standing
from holdfast.agent.backups import claim, stock
from holdfast.agent.setup.survey import Survey

if TYPE_CHECKING:
    from pathlib import Path

    from agent.desk import Desk

pytestmark = pytest.mark.slow  # runs are let run until they are stopped


def status(desk: Desk) -> object:
    (line,) = (row for row in stock.answer(Survey(desk.layout, ())) if row["type"] == "backup")
    return line["status"]


def test_the_status_is_true_at_each_moment(tmp_path: Path) -> None:
    desk = stocked(tmp_path, b"data" * 100)
    for word, seen in ((claim.RESTORE, "restore"), (claim.VERIFY, "pending")):
        with claim.held(desk.layout, str(desk.nas), name(desk), word):
            assert status(desk) == seen
            told = act(desk, asked(desk, "note", name(desk), text="n"))
            assert (told["type"], f"is in use ({word})" in told["message"]) == ("failure", True)
        assert status(desk) == "ok"
    assert not [file for file in os.listdir(desk.layout.run) if file.startswith("backup-")]


@pytest.mark.parametrize(("doing", "seen"), [("restore", "restore"), ("verify", "pending")])
def test_an_act_is_seen_while_it_reads(tmp_path: Path, doing: str, seen: str) -> None:
    desk = stocked(tmp_path, b"data" * 100)
    with standing(desk, asked(desk, doing, name(desk), **restoring()), r"\.img$"):
        assert status(desk) == seen
    assert status(desk) == "ok"


def test_a_dead_holder_holds_nothing(tmp_path: Path) -> None:
    desk = stocked(tmp_path, b"data" * 100)
    child = os.fork()
    if not child:
        with claim.held(desk.layout, str(desk.nas), name(desk), claim.RESTORE):
            os._exit(0)
    os.waitpid(child, 0)
    assert status(desk) == "ok"
    assert act(desk, asked(desk, "note", name(desk), text="n"))["type"] == "result"
