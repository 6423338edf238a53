"""Snapshots of a chain that no manifest tells of: none is destroyed that no killed run left."""

from __future__ import annotations

import shutil
import subprocess
import time
from typing import TYPE_CHECKING

import pytest

from agent.desk import RUN
from agent.executing import execute
from agent.zfs.pools import destroy_held, patiently, zfs
from agent.zfs.station import snapshots
from agent.zfs.test_killed import incoming, step
from agent.zfs.test_recursive import define, family
from holdfast.agent.failure import Failed
from holdfast.agent.jobs import runs, underway
from holdfast.agent.stores.chain import Chain
from holdfast.agent.zfs.snapshots import Snapshot

if TYPE_CHECKING:
    from agent.zfs.station import Station

pytestmark = pytest.mark.hosts


def forget(station: Station) -> None:
    """Lose the manifests and their copies."""
    shutil.rmtree(station.manifests)
    for name in snapshots(station.chain):
        zfs("inherit", "holdfast:manifest", f"{station.chain}@{name}")


def below(dataset: str) -> set[str]:
    """Return the names of all snapshots at and below a dataset."""
    told = zfs("list", "-H", "-t", "snapshot", "-o", "name", "-r", dataset).split()
    return {each.partition("@")[2] for each in told}


def test_of_lost_manifests_the_one_that_the_source_proves_is_made_anew(station: Station) -> None:
    station.define(retention={"last": 9})
    first, second = station.good(), station.good()
    forget(station)
    ended = station.run()
    assert ended.status == "success", ended.reason
    assert f"no manifest tells what {station.chain}@{first} is, and no run of this" in ended.reason
    assert station.names() == [second, ended.backup]
    assert snapshots(station.chain) == [first, second, ended.backup]


def test_where_nothing_proves_the_chain_it_is_set_aside_whole(station: Station) -> None:
    station.define(retention={"last": 9})
    lost = [station.good(), station.good()]
    forget(station)
    destroy_held(f"{station.disk}@{lost[-1]}")
    ended = station.run()
    assert ended.status == "success", ended.reason
    assert f"a new full stream was sent, for no manifest tells what @{lost[-1]} is" in ended.reason
    assert snapshots(station.chain) == [ended.backup]
    assert below(station.parent) == {*lost, ended.backup}
    station.good()
    assert below(station.parent) > set(lost)


def test_a_tree_without_manifests_is_set_aside_whole(filesystem: Station) -> None:
    station = family(filesystem)
    define(station, retention={"last": 9})
    lost = [station.good(), station.good()]
    forget(station)
    newest = station.good()
    assert snapshots(station.chain) == [newest]
    assert below(station.parent) == {*lost, newest}


def test_a_chain_that_was_moved_by_hand_goes_on(station: Station) -> None:
    station.define(retention={"last": 9})
    names = [station.good() for _ in range(3)]
    moved = f"{station.source}/moved"
    station.store("moved", moved)
    zfs("create", f"{moved}/web01")
    for before, name in zip([None, *names], names, strict=False):
        since = ["-i", f"@{before}"] if before else []
        stream = ["zfs", "send", *since, f"{station.chain}@{name}"]
        with subprocess.Popen(stream, stdout=subprocess.PIPE) as sending:
            receive = ["zfs", "receive", "-u", f"{moved}/web01/disk1"]
            subprocess.run(receive, stdin=sending.stdout, check=True)
    station.define(storage="moved", place=moved, retention={"last": 9})
    ended = station.run()
    assert ended.status == "success", ended.reason
    assert below(moved) == {*names, ended.backup}


def test_what_came_of_a_snapshot_that_was_renamed_since_is_adopted(station: Station) -> None:
    number = 30
    while step(station, number) and not incoming(station):
        station, number = station.another(), number + 2
    (left,) = snapshots(station.disk)
    zfs("rename", f"{station.disk}@{left}", f"{station.disk}@of-somebody")
    newest = station.good()
    assert station.names() == [left, newest]


def test_a_chain_that_is_gone_is_begun_anew_with_a_word(station: Station) -> None:
    station.good()
    zfs("rename", station.chain, f"{station.chain}-kept")
    ended = station.run()
    assert ended.status == "success", ended.reason
    assert (
        ended.reason == "a new full stream was sent, for no chain of this name holds its earlier "
        "backups"
    )


@pytest.mark.parametrize("kind", ["dataset", "file"])
def test_a_base_that_cannot_go_costs_no_backup(station: Station, kind: str) -> None:
    if kind == "file":
        station.desk.settle()
        station.define(type="file", storage="nas", place="/mnt/nas", base_every=2)
    else:
        station.define(retention={"last": 9})
    first = station.run()
    base = f"{station.disk}@{snapshots(station.disk)[-1]}"
    zfs("clone", base, f"{station.source}/web02")
    ended = [station.run() for _ in range(4)]
    assert {each.status for each in (first, *ended)} <= {"success", "warning"}
    assert len({each.backup for each in ended}) == len(ended)
    assert ended[-1].status == "warning"
    assert "clone" in ended[-1].reason
    patiently("zfs", "destroy", f"{station.source}/web02")
    station.good()
    assert len(snapshots(station.disk)) == 1


def test_nothing_takes_the_place_of_a_chain_where_nothing_came(station: Station) -> None:
    first = station.good()
    with pytest.raises(Failed, match=r"disk1\.incoming is gone"):
        Chain(station.parent, "web01/disk1").promote("20261122_050000")
    assert snapshots(station.chain) == [first]


def test_a_receive_that_outlives_its_run_is_waited_for(station: Station) -> None:
    station.define(retention={"last": 9})
    first = station.good()
    late = "daily-20261121_020000"
    zfs("snapshot", f"{station.disk}@{late}")
    sent = ["zfs", "send", "-i", f"@{first}", f"{station.disk}@{late}"]
    stream = subprocess.run(sent, capture_output=True, check=True).stdout
    snapshot = Snapshot(station.disk, late, "17", 5, "", "", "")
    underway.begin(station.desk.layout, station.chain, snapshot, "off")
    receive = ["zfs", "receive", "-u", f"{station.chain}@{late}"]
    with subprocess.Popen(receive, stdin=subprocess.PIPE) as receiving:
        assert receiving.stdin is not None
        with execute(station.desk, station.id, RUN) as running:
            time.sleep(2)
            assert running.poll() is None
            receiving.stdin.write(stream)
            receiving.stdin.close()
    assert receiving.returncode == 0
    ended = runs.read(station.desk.layout, station.id)[-1]
    assert ended.status == "success", ended.reason
    assert snapshots(station.chain) == [first, ended.backup]
    zfs("destroy", f"{station.disk}@{late}")
    assert not underway.into(station.desk.layout, station.chain)


def test_what_a_definition_left_that_was_moved_away_another_clears(station: Station) -> None:
    first, left = station.good(), "daily-20261121_020000"
    zfs("snapshot", f"{station.chain}@{left}")
    snapshot = Snapshot(station.disk, left, "17", 5, "", "", "")
    underway.begin(station.desk.layout, station.chain, snapshot, "off")
    moved = f"{station.source}/moved"
    station.store("moved", moved)
    station.define(storage="moved", place=moved)
    station.good()
    ended = station.run(station.define(definition="hourly"))
    assert (ended.status, ended.reason) == ("success", "")
    assert snapshots(station.chain) == [first, ended.backup]
