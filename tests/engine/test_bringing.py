"""What a LoadMaster's backup does not hold is said so, before anybody is asked for it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from engine.samples import HELLO
from engine.test_decode import STORED
from holdfast.engine.act import Doing
from holdfast.engine.author import Author
from holdfast.engine.bringing import Bringing
from holdfast.engine.reach import Reach
from holdfast.engine.stock import stock
from holdfast.errors import BackupError
from inventory.writing import loaded, right

if TYPE_CHECKING:
    from pathlib import Path


def test_a_part_that_was_not_backed_up_is_no_fault_of_the_answer(tmp_path: Path) -> None:
    manifest = {"file": "daily-1.lm", "loadmaster": {"parts": {}}}
    told = {**STORED, "file": "daily-1.lm", "manifest": manifest}
    (backup,) = stock("n1", [HELLO, told]).backups
    doing = Doing(Reach(loaded(tmp_path, a=right()), os.environ), Author("me", "here"), print)
    bringing = Bringing(doing, None, None, tmp_path)
    with pytest.raises(BackupError, match="daily-1 has no certificates: they were not backed up"):
        list(bringing.part(backup, "certificates"))
