"""How a freeze went, kept for whoever adopts the snapshot: never better than it was."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from agent.desk import Desk
from holdfast.agent.jobs import underway
from holdfast.agent.zfs.snapshots import Snapshot

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


CHAIN, NAME = "zones/holdfast/web01/disk1", "daily-20261121_020000"
SNAPSHOT = Snapshot("zones/web01", NAME, "17", 5, "prg", "zones", "")


@pytest.mark.parametrize("word", ["frozen", "failed"])
def test_how_freezing_went_is_told_of_that_snapshot_alone(desk: Desk, word: str) -> None:
    underway.begin(desk.layout, CHAIN, SNAPSHOT, word)
    assert underway.freeze(desk.layout, CHAIN, "17", "best-effort") == word
    assert underway.freeze(desk.layout, CHAIN, "17", "off") == word  # it was asked for then
    assert underway.freeze(desk.layout, CHAIN, "18", "best-effort") == "failed"
    assert underway.freeze(desk.layout, CHAIN, "18", "off") == "off"


def test_what_was_sent_into_a_chain_is_told_until_it_is_a_backup(desk: Desk) -> None:
    assert underway.into(desk.layout, CHAIN) == set()
    underway.begin(desk.layout, CHAIN, SNAPSHOT, "off")
    assert underway.into(desk.layout, CHAIN) == {NAME}
    assert underway.into(desk.layout, CHAIN + "0") == set()
    later = "daily-20261122_020000"  # the run of the first was killed, and its receive lives on
    underway.begin(desk.layout, CHAIN, SNAPSHOT._replace(name=later), "off")
    underway.begin(desk.layout, CHAIN + "0", SNAPSHOT, "off")
    assert underway.into(desk.layout, CHAIN) == {NAME, later}
    underway.end(desk.layout, CHAIN)
    underway.end(desk.layout, CHAIN)
    assert underway.into(desk.layout, CHAIN) == set()
    assert underway.into(desk.layout, CHAIN + "0") == {NAME}


def record(desk: Desk) -> Path:
    """Return where the one record lies, as it is made for the chain."""
    underway.begin(desk.layout, CHAIN, SNAPSHOT, "frozen")
    (found,) = (desk.root / "var/lib/holdfast/prg/underway").iterdir()
    return found


@pytest.mark.parametrize("content", ["", "{", "[]", '{"snapshot":"17","freeze":"fine"}'])
def test_what_cannot_be_read_was_not_frozen_and_destroys_nothing(desk: Desk, content: str) -> None:
    record(desk).write_text(content)
    assert underway.freeze(desk.layout, CHAIN, "17", "required") == "failed"
    assert underway.into(desk.layout, CHAIN) == set()


def test_a_chain_that_two_inventories_share_is_cleared_by_either(desk: Desk) -> None:
    underway.begin(Desk(desk.root, "dev").layout, CHAIN, SNAPSHOT, "off")
    assert underway.into(desk.layout, CHAIN) == {NAME}
    underway.end(desk.layout, CHAIN)  # that of this inventory, which has none
    assert underway.into(desk.layout, CHAIN) == {NAME}


def test_a_record_that_was_being_written_when_the_run_was_killed_tells_nothing(desk: Desk) -> None:
    whole = record(desk)
    whole.rename(whole.with_name(".holdfast.0123456789abcdef.tmp"))
    assert underway.into(desk.layout, CHAIN) == set()
