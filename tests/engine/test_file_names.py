"""A node does not choose where what it sends is written to: a backup's files bear its name."""

from __future__ import annotations

import pytest

from engine.samples import HELLO
from engine.test_decode import STORED
from holdfast.engine.bringing import stored_file
from holdfast.engine.stock import Stored, stock
from holdfast.errors import Unexpected

OTHERS = pytest.mark.parametrize(
    "file",
    [
        "../daily-1.img",
        "/root/.bashrc",
        "other.img",
        "daily-1",
        "daily-1.img/../../x",
        ".",
        "daily-1.\x1b[2J",
    ],
)


def told(file: str, manifest: dict[str, object] | None = None) -> Stored:
    (backup,) = stock("n1", [HELLO, {**STORED, "file": file, "manifest": manifest or {}}]).backups
    return backup


@OTHERS
def test_another_name_is_no_answer(file: str) -> None:
    with pytest.raises(Unexpected, match="is no file of daily-1"):
        told(file)


@OTHERS
@pytest.mark.parametrize("part", ["", "parameters"])
def test_nor_is_it_in_a_manifest(file: str, part: str) -> None:
    parts = {"parts": {"parameters": {"file": file}}}
    backup = told("daily-1.img", {"file": file, "loadmaster": parts})
    with pytest.raises(Unexpected, match="is no file of daily-1"):
        stored_file(backup, part)


def test_its_own_files_are_its_own() -> None:
    parts = {"parts": {"parameters": {"file": "daily-1.parameters.json"}}}
    backup = told("daily-1.lm.age", {"file": "daily-1.lm.age", "loadmaster": parts})
    assert stored_file(backup, "") == "daily-1.lm.age"
    assert stored_file(backup, "parameters") == "daily-1.parameters.json"
    assert told("").file == ""
