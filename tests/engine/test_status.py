"""What a person must look at, from what nodes tell of their definitions."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from holdfast.engine.status import NodeStatus, Row, findings

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
GOOD = Row(
    definition="daily@web01:1",
    node="n1",
    status="success",
    last="2026-11-22T02:10:00Z",
    last_good="2026-11-22T02:10:00Z",
    next="2026-11-23T02:00:00Z",
    backups=14,
    reason="",
    lost=0,
    waiting=0,
    since="2026-11-01T10:00:00Z",
    expected="2026-11-22T02:00:00Z",
)


def found(**changed: object) -> tuple[str, ...]:
    row = replace(GOOD, **changed)  # type: ignore[arg-type]  # members by name
    return findings([NodeStatus("n1", (row,), NOW, NOW)], (), NOW)


@pytest.mark.parametrize(
    "changed",
    [
        {},
        {"status": "warning"},
        {"status": "scheduled", "last_good": "", "backups": 0, "expected": ""},
        {"status": "disabled", "last_good": "", "backups": 0},
        {"backups": None},
        # Moved to another storage since: what it had made lies where it was.
        {"backups": 0, "since": "2026-11-22T10:00:00Z", "expected": ""},
    ],
)
def test_what_is_fine_is_no_finding(changed: dict[str, object]) -> None:
    assert found(**changed) == ()


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"lost": 1}, "1 backup is lost or damaged: see `holdfast backup list --status lost`"),
        ({"lost": 2, "status": "disabled"}, "2 backups are lost or damaged: see"),
        ({"waiting": 4}, "4 old backups wait for somebody to agree to their removal"),
        (
            {"last_good": "", "status": "scheduled", "backups": 0},
            "no good run, though one was due at 2026-11-22T02:00:00Z",
        ),
        (
            {"last_good": "2026-11-21T02:10:00Z"},
            "the newest good run is of 2026-11-21T02:10:00Z, though one was due at 2026-11-22T02",
        ),
        ({"backups": 0}, "no good backup is left, though its run of 2026-11-22T02:10:00Z made one"),
        ({"backups": 0, "expected": ""}, "no good backup is left"),
    ],
)
def test_what_is_not_is_told_once(changed: dict[str, object], said: str) -> None:
    (only,) = found(**changed)
    assert only.startswith(f"daily@web01:1 on n1: {said}")
