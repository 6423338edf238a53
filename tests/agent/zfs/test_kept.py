"""What keeps snapshots is told by name, as far as the ZFS tells it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from agent.zfs.scripted import Script, on_path
from holdfast.agent.failure import Failed
from holdfast.agent.zfs import kept

if TYPE_CHECKING:
    from pathlib import Path

SNAPSHOTS = ("tank/b/disk1@one", "tank/b/disk1/data@one")
CLONES = "tank/b\t-\ntank/b/disk1\t-\ntank/try\ttank/b/disk1@one\ntank/else\ttank/x@one\n"


@pytest.fixture
def played(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Script:
    monkeypatch.setenv("PATH", on_path(tmp_path))
    return Script(tmp_path)


def counts(*numbers: int) -> str:
    return "".join(f"{path}\t{count}\n" for path, count in zip(SNAPSHOTS, numbers, strict=True))


def test_what_nothing_keeps_costs_two_programs(played: Script) -> None:
    played.answer("get", counts(0, 0))
    played.answer("list", "tank/b\t-\n")
    assert kept.why(*SNAPSHOTS) == ""
    assert len(played.called("get", "list", "holds")) == 2
    assert kept.why() == ""


def test_each_hold_is_told_by_its_tag_and_each_clone_by_its_name(played: Script) -> None:
    played.answer("get", counts(0, 2))
    played.answer("list", CLONES)
    held = "tank/b/disk1/data@one"
    played.answer("holds -H " + held, f"{held}\tlegal\tthen\n{held}\taudit \tthen\n")
    assert kept.why(*SNAPSHOTS) == (
        f"{held} is held: `zfs release legal {held}`; {held} is held: `zfs release audit {held}`; "
        "tank/b/disk1@one has a clone, tank/try: destroy that one"
    )


def test_the_hold_of_a_lock_is_one_to_unlock(played: Script) -> None:
    played.answer("get", counts(1, 0))
    played.answer("list")
    played.answer("holds", f"{SNAPSHOTS[0]}\tholdfast-lock\tthen\n")
    assert kept.why(*SNAPSHOTS) == f"{SNAPSHOTS[0]} is locked: `holdfast backup unlock` it"


def test_where_the_tags_cannot_be_told_the_hold_is(played: Script) -> None:
    played.answer("get", counts(1, 0))
    played.answer("list")
    played.answer("holds", errors="internal error: pyzfs.py not found")
    assert kept.why(*SNAPSHOTS) == (
        "tank/b/disk1@one is held: `zfs release` it, by the tag that `zfs holds` tells"
    )


def test_what_cannot_be_asked_is_not_taken_for_free(played: Script) -> None:
    played.answer("get", counts(0, 0))
    played.answer("list", errors="cannot open 'tank': pool I/O is suspended")
    with pytest.raises(Failed, match="suspended"):
        kept.why(*SNAPSHOTS)
