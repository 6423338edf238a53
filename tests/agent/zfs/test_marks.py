"""Marks on snapshots come from other nodes, too: none of them can speak of another snapshot."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from agent.zfs.pools import zfs
from holdfast.agent.zfs import snapshots

if TYPE_CHECKING:
    from agent.zfs.station import Station

pytestmark = pytest.mark.hosts


def test_a_mark_of_several_lines_tells_of_no_other_snapshot(filesystem: Station) -> None:
    station = filesystem
    other, own = f"{station.source}/other@precious", f"{station.disk}@own"
    zfs("create", "-o", "canmount=off", f"{station.source}/other")
    zfs("snapshot", other)
    zfs("snapshot", own)
    marks = {"guid": "1", "createtxg": "1", "holdfast:inventory": "prg", "holdfast:keeper": "x"}
    forged = "".join(f"\n{other}\t{name}\t{value}" for name, value in marks.items())
    zfs("set", "holdfast:keeper=x" + forged, own)
    for found in (snapshots.of(station.disk), snapshots.below(station.disk)):
        assert [each.path for each in found or ()] == [own]
