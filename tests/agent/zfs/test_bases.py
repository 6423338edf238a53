"""What the next increment is sent since: the snapshot of that GUID, whatever it is called."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from agent.zfs.pools import destroy_held, zfs
from agent.zfs.station import snapshots
from agent.zfs.test_chains import write

if TYPE_CHECKING:
    from agent.zfs.station import Station

pytestmark = pytest.mark.hosts


def test_a_base_is_found_by_its_guid_whatever_its_name(station: Station) -> None:
    station.define(retention={"last": 9})
    first = station.good()
    zfs("rename", f"{station.disk}@{first}", f"{station.disk}@of-somebody")
    expected = write(station, "second")
    ended = station.run()
    assert (ended.status, ended.reason) == ("success", "")
    assert snapshots(station.chain) == [first, ended.backup]
    assert station.restored(f"{station.chain}@{ended.backup}") == expected


def test_another_snapshot_of_the_name_of_a_base_is_none(station: Station) -> None:
    station.define(retention={"last": 9})
    first = station.good()
    destroy_held(f"{station.disk}@{first}")
    zfs("snapshot", f"{station.disk}@{first}")
    ended = station.run()
    assert "for no snapshot of the source is one of the chain's" in ended.reason
    assert snapshots(station.chain) == [ended.backup]
