"""What becomes of chains: two of one disk, a lost base, a written destination, a deletion."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from agent.zfs.pools import destroy_held, guid_of, is_there, zfs
from agent.zfs.station import files, snapshots
from holdfast.agent import definition, stores
from holdfast.agent.backups import listing

if TYPE_CHECKING:
    from agent.zfs.station import Station
    from holdfast.agent.backups.listing import Backup
    from holdfast.agent.stores.dataset import Dataset

pytestmark = pytest.mark.hosts


def store(station: Station) -> Dataset:
    wanted = definition.load(station.desk.layout, station.id)
    assert wanted is not None
    return stores.of_snapshots(station.desk.layout, wanted, ("prg",))


def backup(station: Station, name: str) -> Backup:
    (found,) = (each for each in store(station).backups() if each.name.endswith(name))
    return found


def write(station: Station, content: str) -> dict[str, bytes]:
    (station.files / "file").write_text(content * 1000)
    return files(station.files)


def test_a_manifest_tells_the_snapshot_and_the_stream(station: Station) -> None:
    write(station, "first")
    name = station.good()
    (document,) = station.listed()
    assert document["snapshot"] == guid_of(f"{station.disk}@{name}")
    assert (document["kind"], document["base"], document["file"]) == ("full", None, "")
    assert document["source"] == {
        "guid": guid_of(station.disk),
        "kind": "dataset",
        "node": "bkp01",
        "place": station.disk,
    }
    told = zfs("get", "-H", "-o", "value", "readonly,canmount,mounted", station.chain)
    assert told.split() == station.kind.sealed.split()


def test_two_definitions_share_a_chain_and_each_rotates_its_own(station: Station) -> None:
    second = station.define(definition="weekly", retention={"last": 1})
    station.define(retention={"last": 1})
    for _ in range(2):
        station.good()
        station.good(second)
    names = snapshots(station.chain)
    assert [name.partition("-")[0] for name in names] == ["daily", "weekly"]
    assert snapshots(station.disk) == names[-1:]


def test_without_a_common_snapshot_the_chain_is_set_aside_and_stays_restorable(
    station: Station,
) -> None:
    before = write(station, "before")
    first = station.good()
    destroy_held(f"{station.disk}@{first}")
    after = write(station, "after")
    ended = station.run()
    stamp = ended.backup.partition("-")[2]
    assert ended.status == "success"
    assert f"the chain before it is set aside as {station.chain}.{stamp}" in ended.reason
    assert [each.status for each in store(station).backups()] == [listing.OK, listing.OK]
    assert station.restored(f"{station.chain}.{stamp}@{first}") == before
    assert station.restored(f"{station.chain}@{ended.backup}") == after
    station.define(retention={"last": 1})
    station.good()
    station.good()
    assert not is_there(f"{station.chain}.{stamp}")


def test_a_written_destination_fails_with_that_word_and_is_left_alone(station: Station) -> None:
    station.good()
    zfs("set", "readonly=off", station.chain)
    write(station, "more")
    with station.opened(station.chain) as mounted:
        (mounted / "mine").write_text("precious" * 1000)
    assert "was modified since its newest backup" in station.failed()
    assert len(snapshots(station.disk)) == 1
    with station.opened(station.chain) as mounted:
        assert (mounted / "mine").read_text() == "precious" * 1000


def test_a_strangers_snapshot_in_the_chain_is_not_destroyed(station: Station) -> None:
    station.good()
    zfs("snapshot", f"{station.chain}@mine")
    assert f"{station.chain} was modified: snapshot @mine is none of its backups" in (
        station.failed()
    )
    assert is_there(f"{station.chain}@mine")


def test_delete_in_the_middle_the_newest_and_the_last(station: Station) -> None:
    station.define(retention={"last": 9})
    held = {}
    for number in range(4):
        held_now = write(station, str(number))
        held[station.good()] = held_now
    first, middle, third, newest = held
    store(station).remove(backup(station, middle))
    assert station.restored(f"{station.chain}@{third}") == held[third]
    store(station).remove(backup(station, newest))
    assert snapshots(station.chain) == [first, third]
    ended = station.run()
    assert "is set aside as" in ended.reason
    assert station.restored(f"{station.chain}@{ended.backup}") == files(station.files)
    for each in store(station).backups():
        store(station).remove(each)
    assert store(station).backups() == []
    assert zfs("list", "-H", "-o", "name", "-r", f"{station.parent}/web01").split() == [
        f"{station.parent}/web01"
    ]
    station.good()


def test_a_removal_that_was_killed_is_finished_by_whichever_definition_runs_next(
    station: Station,
) -> None:
    first, second = station.good(), station.good()
    other = station.define(definition="weekly")
    path = station.manifests / f"{first}.json"
    path.rename(path.with_name(f".{first}.json.prg.partial"))
    third = station.good(other)
    assert sorted(station.names()) == [second, third]
    assert snapshots(station.chain) == [second, third]


def test_a_destroyed_snapshot_is_lost_and_not_counted(station: Station) -> None:
    first = station.good()
    second = station.good()
    zfs("destroy", f"{station.chain}@{first}")
    told = {each.name: (each.status, each.fault) for each in store(station).backups()}
    assert told[f"web01:1/{first}"] == ("lost", f"snapshot @{first} is missing")
    assert told[f"web01:1/{second}"] == ("ok", "")


def test_a_dataset_that_is_not_there_is_said_in_one_line(station: Station) -> None:
    source = {"kind": "dataset", "place": f"{station.source}/none", "node": "bkp01"}
    station.define(source=source)
    assert (
        f"dataset {station.source}/none does not exist on this node: bring it back"
        in station.failed()
    )


def test_a_storage_that_is_not_mounted_gets_nothing(station: Station) -> None:
    station.good()
    zfs("unmount", station.parent)
    said = station.failed()
    assert said == f"storage zones: dataset {station.parent} is not mounted; nothing was written"
    zfs("mount", station.parent)
    station.good()


def test_manifests_that_were_lost_come_back_from_the_snapshots(station: Station) -> None:
    station.good()
    station.good()
    before = station.listed()
    for path in station.manifests.iterdir():
        path.unlink()
    station.good()
    assert station.listed()[:2] == before


def test_programs_for_automatic_snapshots_are_told_to_leave_chains_alone(station: Station) -> None:
    station.good()
    server = station.chain.rpartition("/")[0]
    told = zfs("get", "-H", "-r", "-o", "name,value", "com.sun:auto-snapshot", server)
    values = dict(line.split("\t") for line in told.splitlines())
    assert {server: "false", station.chain: "false"}.items() <= values.items()
