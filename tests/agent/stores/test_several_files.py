"""A backup of several files, killed at each step: it is there with all of them, or not at all."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from agent.backups.appliances import appliance, made
from agent.killing import STEPS
from holdfast.agent.backups import listing, manifest
from holdfast.agent.backups.appliance import Part
from holdfast.agent.backups.total import Sum
from holdfast.agent.stores import partial
from holdfast.agent.stores.draft import Draft

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.slow  # a process a step
KILLED = -9
CONTENT = b"four"
PROGRAM = STEPS.replace(
    "from holdfast.agent.main import main\nsys.exit(main(sys.argv[2:]))",
    "sys.path[:0] = ['tests']\n"
    "from agent.stores.test_several_files import store\n"
    "store(sys.argv[2])",
)


def store(folder: str) -> None:
    """Make a backup of two files, as a run does."""
    draft = Draft(folder, "nightly", ".lm.age", "prg")
    try:
        file = draft.backup + ".parameters.age"
        draft.add(file)
        draft.write([CONTENT])
        draft.write([CONTENT], file)
        part = Part("parameters", file, Sum("dd", 5), Sum("ee", len(CONTENT)))
        told = made(draft.backup, subject=appliance(parts=(part,)), stored=Sum("bb", len(CONTENT)))
        draft.commit(told)
    finally:
        draft.discard()


def test_killed_at_each_step_it_is_whole_or_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "lm-prg-1"
    folder.mkdir()
    kept = 0
    for step in range(1, 60):
        before = len(listing.backups(str(tmp_path)))
        words = [sys.executable, "-c", PROGRAM, str(step), str(folder)]
        ended = subprocess.run(words, check=False, capture_output=True, text=True)
        found = listing.backups(str(tmp_path))
        assert [backup.status for backup in found] == ["ok"] * len(found)
        partial.clear(str(folder), "nightly", ["prg"])
        assert [b.name for b in listing.backups(str(tmp_path))] == [b.name for b in found]
        assert len(list(folder.iterdir())) == 3 * len(found), os.listdir(folder)
        kept += len(found) - before
        if ended.returncode != KILLED:
            assert (ended.returncode, ended.stderr) == (0, "")
            break
    assert step > 5
    assert kept >= 1


def test_killed_while_it_is_removed_all_of_it_goes(tmp_path: Path) -> None:
    folder = tmp_path / "lm-prg-1"
    folder.mkdir()
    store(str(folder))
    (backup,) = listing.backups(str(tmp_path))
    assert backup.manifest is not None
    going = folder / partial.name_of(backup.manifest.backup + ".json", "prg")
    (folder / (backup.manifest.backup + ".json")).rename(going)  # where a removal may be killed
    assert listing.backups(str(tmp_path)) == []
    assert manifest.load(str(going), backup.manifest.backup).files
    partial.clear(str(folder), "nightly", ["prg"])
    assert list(folder.iterdir()) == []


def test_an_added_file_that_is_dropped_leaves_nothing(tmp_path: Path) -> None:
    draft = Draft(str(tmp_path), "nightly", ".lm", "prg")
    file = draft.backup + ".certificates"
    draft.add(file)
    draft.write([CONTENT], file)
    draft.drop(file)
    draft.write([CONTENT])
    draft.commit(
        made(
            draft.backup,
            file=draft.file,
            subject=appliance(parts=()),
            stored=Sum("bb", len(CONTENT)),
        )
    )
    draft.discard()
    assert sorted(os.listdir(tmp_path)) == [draft.backup + ".json", draft.file]
