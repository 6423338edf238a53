"""Marks on snapshots come from other nodes, too: none of them can speak of another snapshot."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest

from agent.zfs.pools import zfs
from holdfast.agent.failure import Failed
from holdfast.agent.stores.chain import Chain
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


def test_a_manifest_that_came_with_a_stream_is_none(filesystem: Station) -> None:
    station = filesystem
    zfs("snapshot", f"{station.disk}@daily-20261121_020000")
    (sent,) = snapshots.of(station.disk) or ()
    zfs("set", 'holdfast:manifest={"a manifest": "of whoever sends"}', sent.path)
    done = subprocess.run(["zfs", "send", "-p", sent.path], stdout=subprocess.PIPE, check=True)
    chain = Chain(station.parent, "web01/disk9")
    with (
        pytest.raises(Failed, match="came with a manifest of its own"),
        chain.receiving([done.stdout], sent, None),
    ):
        pass
    zfs("inherit", "holdfast:manifest", sent.path)
    done = subprocess.run(["zfs", "send", sent.path], stdout=subprocess.PIPE, check=True)
    with chain.receiving([done.stdout], sent, None) as arrival:
        pass
    assert chain.snapshots() == [arrival.snapshot]
