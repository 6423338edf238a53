"""A chain that gives way to a new one, for its base is lost: only once there is room for both."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from agent.zfs.bench import below, brought, told
from agent.zfs.daemon import OPENZFS
from agent.zfs.pools import destroy_held, guid_of, zfs
from agent.zfs.station import snapshots
from agent.zfs.test_faults import change

if TYPE_CHECKING:
    from agent.zfs.station import Station

pytestmark = pytest.mark.hosts

LARGE = 16_000_000


def lose_base(station: Station) -> None:
    """Destroy what the next backup would be sent since."""
    destroy_held(*(f"{station.disk}@{name}" for name in snapshots(station.disk)))


def statuses(station: Station) -> list[object]:
    return [status for status, _, _ in told(station).values()]


def test_without_room_for_a_new_chain_the_old_one_stays_until_there_is(station: Station) -> None:
    held = change(station, 100_000)
    first = station.good()
    identity = guid_of(station.chain)
    lose_base(station)
    later = change(station, LARGE)
    free = int(zfs("get", "-H", "-p", "-o", "value", "available", station.target))
    zfs("create", "-o", f"reservation={free - LARGE // 4}", f"{station.target}/filler")
    for _ in range(2):
        assert f"no space left for {station.chain}.incoming: free some" in station.failed()
        assert guid_of(station.chain) == identity
        assert station.names() == snapshots(station.chain) == [first]
        assert statuses(station) == ["ok"]
        assert brought(station, first) == held
        assert_nothing_is_half_done(station)
    zfs("set", "reservation=none", f"{station.target}/filler")
    ended = station.run()
    aside = f"{station.chain}.{ended.backup.partition('-')[2]}"
    assert ended.status == "success"
    assert f"the chain before it is set aside as {aside}" in ended.reason
    assert below(f"{station.parent}/web01")[1:] == [station.chain, aside]
    assert guid_of(aside) == identity
    assert statuses(station) == ["ok", "ok"]
    assert brought(station, first) == held
    assert brought(station, ended.backup) == later


def assert_nothing_is_half_done(station: Station) -> None:
    assert not [path for path in station.manifests.iterdir() if path.name.startswith(".")]
    if OPENZFS:
        return  # it keeps what came, and the next run goes on from there
    assert below(f"{station.parent}/web01")[1:] == [station.chain]
    assert snapshots(station.disk) == []
