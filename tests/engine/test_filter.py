"""Which backups are asked for, and in which order they are listed."""

from __future__ import annotations

from dataclasses import replace

import pytest

from holdfast.engine.filter import Filter, order
from holdfast.engine.stock import Stored

SMALL = Stored(
    name="web01:1/daily-20261121_020000",
    node="bkp01",
    storage="nas",
    definition="daily@web01:1",
    status="ok",
    created="2026-11-21T02:00:00Z",
    size=4,
    sha256="aa",
    owned=True,
    locked=False,
    fault="",
)
LARGE = replace(SMALL, name="web01:1/daily-20261120_020000", created="2026-11-20T02:00:00Z", size=9)
MEDIUM = replace(SMALL, name="db01:1/daily-20261122_020000", created="2026-11-22T02:00:00Z", size=6)


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("name", [MEDIUM, LARGE, SMALL]),
        ("size", [LARGE, MEDIUM, SMALL]),
        ("created", [MEDIUM, SMALL, LARGE]),
    ],
)
def test_they_come_by_name_or_the_newest_or_the_largest_first(
    key: str, expected: list[Stored]
) -> None:
    assert order([SMALL, LARGE, MEDIUM], key) == expected


@pytest.mark.parametrize(
    ("larger", "smaller", "fitting"),
    [
        (None, None, [SMALL, MEDIUM, LARGE]),
        (6, None, [MEDIUM, LARGE]),
        (None, 6, [SMALL, MEDIUM]),
        (5, 8, [MEDIUM]),
    ],
)
def test_a_size_bounds_them_from_both_sides(
    larger: int | None, smaller: int | None, fitting: list[Stored]
) -> None:
    asked = Filter(larger=larger, smaller=smaller)
    assert [each for each in (SMALL, MEDIUM, LARGE) if asked.fits(each)] == fitting
