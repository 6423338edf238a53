"""What a rotation removes: the rule decides, approval bounds it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.backups.test_manifest import made, typed
from agent.desk import ID, Desk
from holdfast.agent.backups import belonging, listing
from holdfast.agent.backups.listing import Backup
from holdfast.agent.backups.state import Lock
from holdfast.agent.failure import Malformed
from holdfast.agent.jobs import rotation
from holdfast.agent.subject import Disk

if TYPE_CHECKING:
    from pathlib import Path

NOW = datetime(2026, 11, 22, tzinfo=UTC)


def backup(sequence: int, status: str = listing.OK, lock: Lock | None = None) -> Backup:
    name = f"weekly-20261101_{sequence:06d}"
    manifest = made(backup=name, file=name + ".img", sequence=sequence)
    return Backup(f"web01:2/{name}", manifest, status, lock)


def names(backups: tuple[Backup, ...]) -> list[int]:
    return [b.manifest.sequence for b in backups if b.manifest]


def test_one_old_backup_goes_for_each_new_one_and_the_rest_waits() -> None:
    decided = rotation.decide(
        tuple(map(backup, range(1, 7))), typed(retention={"last": 2}), frozenset(), 1, NOW
    )
    assert (names(decided.removed), names(decided.waiting)) == ([1], [2, 3, 4])


@pytest.mark.parametrize("form", ["weekly-20261101_{:06d}", "web01:2/weekly-20261101_{:06d}"])
def test_what_was_approved_goes_too(form: str) -> None:
    approved = frozenset(form.format(n) for n in (2, 3))
    decided = rotation.decide(
        tuple(map(backup, range(1, 7))), typed(retention={"last": 2}), approved, 1, NOW
    )
    assert (names(decided.removed), names(decided.waiting)) == ([1, 2, 3], [4])


def test_lost_and_locked_ones_stay_and_do_not_make_others_go() -> None:
    backups = (
        backup(1, lock=Lock("audit", None)),
        backup(2, lock=Lock("audit", NOW - timedelta(1))),
        backup(3, status=listing.LOST),
        backup(4),
        backup(5),
    )
    decided = rotation.decide(backups, typed(retention={"last": 2}), frozenset(), 1, NOW)
    assert (names(decided.removed), names(decided.waiting)) == ([2], [])


def test_only_own_backups_are_decided_on() -> None:
    foreign = (
        made(subject=Disk("web01", 2, "other")),
        made(inventory="other"),
        made(definition="x@web01:2"),
    )
    backups = [Backup("n", manifest, listing.OK) for manifest in (*foreign, made(), None)]
    assert [b.manifest for b in belonging.own(backups, typed(), ("prg",))] == [made()]


@given(st.integers(0, 9), st.integers(1, 5), st.sets(st.integers(1, 9)), st.integers(0, 3))
@settings(max_examples=100, deadline=None)
def test_never_more_unapproved_ones_go_than_new_ones_came(
    count: int, last: int, approved: set[int], new: int
) -> None:
    backups = tuple(map(backup, range(1, count + 1)))
    allowed = frozenset(f"weekly-20261101_{n:06d}" for n in approved)
    decided = rotation.decide(backups, typed(retention={"last": last}), allowed, new, NOW)
    assert len(set(names(decided.removed)) - approved) <= new
    assert not set(names(decided.waiting)) & approved
    gone = names(decided.removed) + names(decided.waiting)
    assert sorted(gone) == list(range(1, count - last + 1))


def test_approved_names_lie_beside_the_definition(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    assert rotation.approved(desk.layout, typed()) == frozenset()
    path = f"definitions/{ID}.approved.json"
    desk.put_json(path, {"names": ["weekly-20261101_000001"]})
    assert rotation.approved(desk.layout, typed()) == {"weekly-20261101_000001"}
    desk.put_json(path, {"names": "all"})
    with pytest.raises(Malformed, match="`names` must be a list of texts"):
        rotation.approved(desk.layout, typed())
