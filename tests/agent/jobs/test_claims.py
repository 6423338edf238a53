"""What a job holds: no two that would meet at a source or in a chain run together."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from agent.backups.test_manifest import typed
from agent.desk import Desk
from holdfast.agent.jobs import claims

if TYPE_CHECKING:
    from pathlib import Path


def dataset(place: str) -> dict[str, str]:
    return {"kind": "dataset", "place": place, "node": "bkp01"}


@pytest.mark.parametrize(
    ("kind", "place", "meets"),
    [
        ("dataset", "zones/moved", True),  # the disk was moved while its first run is at work
        ("file", "zones/moved", False),  # each has files of its own
        ("file", "zones/web01", True),
    ],
)
def test_two_definitions_of_one_disk(tmp_path: Path, kind: str, place: str, *, meets: bool) -> None:
    layout = Desk(tmp_path).layout
    into = "backup/holdfast" if kind == "dataset" else "/mnt/nas"
    one = typed(source=dataset("zones/web01"), type=kind, place=into)
    other = typed(source=dataset(place), type=kind, place=into, definition="monthly")
    held = claims.exclusive(layout, one)
    assert held is not None
    beside = claims.exclusive(layout, other)
    assert (beside is None) == meets
    claims.release([*held, *(beside or ())])
    alone = claims.exclusive(layout, other)
    assert alone is not None
    claims.release(alone)
