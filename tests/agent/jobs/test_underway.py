"""How a freeze went, kept for whoever adopts the snapshot: never better than it was."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from agent.backups.test_manifest import typed
from agent.desk import ID, Desk
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
    asked, off = typed(freeze="best-effort"), typed()
    underway.begin(desk.layout, asked, CHAIN, SNAPSHOT, word)
    assert underway.freeze(desk.layout, asked, "17") == word
    assert underway.freeze(desk.layout, off, "17") == word  # it was asked for then
    assert underway.freeze(desk.layout, asked, "18") == "failed"
    assert underway.freeze(desk.layout, off, "18") == "off"


def test_what_was_sent_into_a_chain_is_told_until_it_is_a_backup(desk: Desk) -> None:
    one, other = typed(), typed(definition="monthly")
    assert underway.into(desk.layout, CHAIN) == set()
    underway.begin(desk.layout, one, CHAIN, SNAPSHOT, "off")
    underway.begin(desk.layout, other, CHAIN, SNAPSHOT._replace(name="weekly-1"), "off")
    assert underway.into(desk.layout, CHAIN) == {NAME, "weekly-1"}
    assert underway.into(desk.layout, CHAIN + "0") == set()
    later = "daily-20261122_020000"  # the run of the first was killed, and its receive lives on
    underway.begin(desk.layout, one, CHAIN, SNAPSHOT._replace(name=later), "off")
    assert underway.into(desk.layout, CHAIN) == {NAME, later, "weekly-1"}
    underway.end(desk.layout, one)
    underway.end(desk.layout, one)
    assert underway.into(desk.layout, CHAIN) == {"weekly-1"}


@pytest.mark.parametrize("content", ["", "{", "[]", '{"snapshot":"17","freeze":"fine"}'])
def test_what_cannot_be_read_was_not_frozen_and_destroys_nothing(desk: Desk, content: str) -> None:
    desk.put(f"var/lib/holdfast/prg/underway/{ID}.json", content)
    assert underway.freeze(desk.layout, typed(freeze="required"), "17") == "failed"
    assert underway.into(desk.layout, CHAIN) == set()


def test_a_chain_that_two_inventories_share_is_cleared_by_either(desk: Desk) -> None:
    other = Desk(desk.root, "dev")
    underway.begin(other.layout, typed(), CHAIN, SNAPSHOT, "off")
    assert underway.into(desk.layout, CHAIN) == {NAME}
    underway.end(desk.layout, typed())  # that of this inventory, which has none
    assert underway.into(desk.layout, CHAIN) == {NAME}


def test_a_record_that_was_being_written_when_the_run_was_killed_tells_nothing(desk: Desk) -> None:
    underway.begin(desk.layout, typed(), CHAIN, SNAPSHOT, "off")
    record = desk.root / f"var/lib/holdfast/prg/underway/{ID}.json"
    record.rename(record.with_name(".holdfast.0123456789abcdef.tmp"))
    assert underway.into(desk.layout, CHAIN) == set()
