"""Which backups a change of retention would rotate away."""

from __future__ import annotations

from holdfast.plan.actual import Backup
from holdfast.plan.diff import diff
from holdfast.plan.loss import losses
from plan.samples import definition


def held(count: int) -> tuple[Backup, ...]:
    return tuple(
        Backup(f"daily-202611{day:02}_020000", "d", f"2026-11-{day:02}T02:00:00Z", 10, day)
        for day in range(1, count + 1)
    )


def test_a_smaller_retention_loses_the_oldest() -> None:
    changes = diff([definition(retention={"last": 2})], [definition()])
    lost = losses(changes, {definition().address: held(4)})
    assert [loss.backup for loss in lost] == ["daily-20261102_020000", "daily-20261101_020000"]
    assert lost[0].reason


def test_a_locked_backup_is_not_lost() -> None:
    first, *rest = held(3)
    locked = Backup(**{**vars(first), "locked": True})
    changes = diff([definition(retention={"last": 2})], [definition()])
    assert losses(changes, {definition().address: (locked, *rest)}) == ()


def test_forgetting_a_definition_loses_nothing() -> None:
    assert losses(diff([], [definition()]), {definition().address: held(4)}) == ()
