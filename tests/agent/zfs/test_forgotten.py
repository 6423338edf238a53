"""What is held on a dataset goes with the last definition that reads it, and not before."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from agent.zfs.pools import is_there, zfs
from agent.zfs.station import snapshots
from holdfast.agent import locks
from holdfast.agent.failure import Failed
from holdfast.agent.jobs import claims
from holdfast.agent.kinds import peer
from holdfast.agent.protocol.request import Op
from holdfast.agent.setup import promises
from holdfast.agent.setup.survey import Survey
from holdfast.agent.zfs import snapshots as held

if TYPE_CHECKING:
    from agent.zfs.station import Station

pytestmark = pytest.mark.hosts


def forget(station: Station, identity: str) -> None:
    """Take a definition off the node, as an apply does it."""
    document = {"op": "apply", "kind": "definition", "name": identity, "before": "", "after": None}
    promises.install(Survey(station.desk.layout), [Op(document)])


def test_a_forgotten_definition_s_base_is_let_go_and_its_backups_stay(station: Station) -> None:
    zfs("snapshot", f"{station.disk}@by-hand")
    made = station.good()
    assert snapshots(station.disk) == ["by-hand", made]
    forget(station, station.id)
    assert snapshots(station.disk) == ["by-hand"]
    assert is_there(f"{station.chain}@{made}")
    station.define()
    again = station.good()
    assert snapshots(station.disk) == ["by-hand", again]
    assert station.names() == [made, again]


def test_what_another_definition_of_the_disk_needs_stays(station: Station) -> None:
    made = station.good()
    other = station.another()
    forget(station, other.id)
    assert snapshots(station.disk) == [made]


def test_what_a_peer_holds_stays_until_it_is_granted_no_more(station: Station) -> None:
    station.good()
    layout = station.desk.layout
    there = "daily-20261101_020000"
    with held.make(station.disk, there, "prg", "the storage of bkp02") as holding:
        holding.output()
    attributes = Survey(layout).definitions[station.id]
    station.desk.put_json("peers/bkp02.json", {"definitions": {station.id: attributes}})
    forget(station, station.id)
    assert snapshots(station.disk) == [there]
    gone = {"op": "apply", "kind": "peer", "name": "bkp02", "before": "", "after": None}
    peer.apply(Survey(layout), Op(gone))
    assert snapshots(station.disk) == []


def test_a_disk_that_is_being_backed_up_is_not_forgotten_now(station: Station) -> None:
    made = station.good()
    layout = station.desk.layout
    lock = os.path.join(layout.run, claims.source(layout, "dataset", station.disk))
    with locks.tried(lock), pytest.raises(Failed, match="is being backed up: apply again"):
        forget(station, station.id)
    assert snapshots(station.disk) == [made]
    assert station.id in Survey(layout).definitions


def test_a_dataset_that_is_gone_hinders_nobody(filesystem: Station) -> None:
    filesystem.good()
    filesystem.define(source={"kind": "dataset", "place": filesystem.disk + "x", "node": "bkp01"})
    forget(filesystem, filesystem.id)
    assert filesystem.id not in Survey(filesystem.desk.layout).definitions
