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


def test_who_has_the_former_name_of_a_disk_waits_while_that_one_clears_its_chain(
    tmp_path: Path,
) -> None:
    layout, other = Desk(tmp_path).layout, Desk(tmp_path, "dev").layout
    into = {"type": "dataset", "place": "backup/holdfast"}
    renamed = typed(source=dataset("zones/old"), server="web02", was=["weekly@web01:2"], **into)
    held = claims.exclusive(layout, renamed)
    assert held is not None
    new = typed(source=dataset("zones/new"), **into)
    assert claims.exclusive(other, new) is None
    claims.release(held)
    assert claims.exclusive(other, new) is not None
