"""Chains of a server that has another name now."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from agent.zfs.bench import told
from agent.zfs.pools import is_there
from agent.zfs.station import snapshots

if TYPE_CHECKING:
    from agent.zfs.station import Station

pytestmark = pytest.mark.hosts


def test_a_renamed_server_begins_a_chain_and_its_former_one_is_rotated(station: Station) -> None:
    first, second = station.good(), station.good()
    former = station.id
    (station.desk.root / f"etc/holdfast/prg/definitions/{former}.json").unlink()
    renamed = station.define(server="web02", was=[former], retention={"last": 1})
    third = station.good(renamed)
    assert snapshots(f"{station.parent}/web02/disk1") == [third]
    assert station.names() == [second] == snapshots(station.chain)
    assert f"web01:1/{first}" not in told(station)
    last = station.good(renamed)
    assert snapshots(f"{station.parent}/web02/disk1") == [third, last]
    assert told(station).keys() == {f"web02:1/{third}", f"web02:1/{last}"}
    assert not is_there(station.chain)
