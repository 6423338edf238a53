"""Disks with child datasets: one moment, one backup, a chain for each dataset."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from agent.zfs import bench
from agent.zfs.bench import below, do, told
from agent.zfs.pools import guid_of, is_there, zfs
from agent.zfs.station import files, snapshots
from holdfast.agent.zfs import command

if TYPE_CHECKING:
    from agent.zfs.station import Station

pytestmark = pytest.mark.hosts

Tree = dict[str, dict[str, bytes]]


@pytest.fixture
def station(filesystem: Station) -> Station:
    """Return a station whose disk has a child and a grandchild, which a volume cannot have."""
    return family(filesystem)


def family(station: Station) -> Station:
    """Give a station's disk children."""
    define(station)
    for path in ("data", "data/deep"):
        add(station, path)
    return station


def define(station: Station, **changes: object) -> str:
    source = {"kind": "dataset", "place": station.disk, "node": "bkp01", "recursive": True}
    return station.define(source=source, **changes)


def add(station: Station, path: str) -> None:
    zfs("create", f"{station.disk}/{path}")
    write(station, path)


def take_away(station: Station, path: str) -> None:
    """Destroy a child dataset, once nobody has a copy of its mount in a namespace any more."""
    dataset = f"{station.disk}/{path}"
    zfs("unmount", dataset)
    for name in snapshots(dataset):
        zfs("release", "holdfast", f"{dataset}@{name}")
    command.run_patiently("destroy", "-r", dataset)


def place(dataset: str) -> Path:
    return Path(zfs("get", "-H", "-o", "value", "mountpoint", dataset).strip())


def write(station: Station, *paths: str) -> None:
    """Put something new into child datasets."""
    for path in paths:
        (place(f"{station.disk}/{path}") / os.urandom(4).hex()).write_bytes(os.urandom(20_000))


def tree(station: Station, top: str = "") -> Tree:
    """Return the files of the disk, or of another dataset, and of each dataset below it."""
    top = top or station.disk
    found = {dataset: files(place(dataset)) for dataset in below(top)}
    return {
        dataset[len(top) + 1 :]: {
            path: content
            for path, content in held.items()
            # A child is mounted within its parent.
            if not any(
                other != dataset and (place(dataset) / path).is_relative_to(place(other))
                for other in found
                if other.startswith(dataset + "/")
            )
        }
        for dataset, held in found.items()
    }


def restored(station: Station, backup: str) -> Tree:
    """Return the files of a backup, dataset by dataset, by the GUIDs of its manifest."""
    (document,) = (each for each in station.listed() if each["backup"] == backup)
    wanted = {document["snapshot"]: ""}
    wanted |= {guid: path for path, guid in document.get("children", {}).items()}
    lines = zfs("get", "-H", "-p", "-r", "-o", "name,value", "guid", station.parent).splitlines()
    named = dict(reversed(line.split("\t")) for line in lines if "@" in line)
    return {path: station.restored(named[guid]) for guid, path in wanted.items()}


def test_all_datasets_are_of_one_moment_and_each_goes_on_from_its_own(station: Station) -> None:
    define(station, retention={"last": 2})
    held = {}
    for number in range(3):
        write(station, "data", "data/deep")
        (station.files / "file").write_text(str(number))
        expected = tree(station)
        held[station.good()] = expected
    kept = list(held)[1:]
    assert station.names() == kept
    for path in ("", "/data", "/data/deep"):
        assert snapshots(station.chain + path) == kept
        assert snapshots(station.disk + path) == kept[-1:]
    newest = station.listed()[-1]
    assert list(newest["children"]) == ["data", "data/deep"]
    for path, guid in newest["children"].items():
        assert guid_of(f"{station.disk}/{path}@{kept[-1]}") == guid
    assert newest["content"]["size"] < 400_000
    for backup in kept:
        assert restored(station, backup) == held[backup]
    assert do(station, "verify", kept[-1])["fault"] == ""


def test_a_restore_brings_all_of_them_back_and_the_next_backup_goes_on(station: Station) -> None:
    backup = station.good()
    held = tree(station)
    new = f"{station.source}/again"
    done = do(station, "restore", backup, **bench.new(new))
    assert done["type"] == "result", done
    assert below(new) == [new, f"{new}/data", f"{new}/data/deep"]
    assert tree(station, new) == held
    write(station, "data", "data/deep")
    done = do(station, "restore", backup, **bench.over(station))
    assert done["type"] == "result", done
    assert tree(station) == held
    assert station.run().reason == ""
    assert station.listed()[-1]["content"]["size"] < 100_000


def test_one_that_appears_gets_a_whole_stream_and_one_that_goes_keeps_its_backups(
    station: Station,
) -> None:
    define(station, retention={"last": 2})
    first = station.good()
    with_all = tree(station)
    take_away(station, "data/deep")
    add(station, "late")
    second = station.good()
    assert list(station.listed()[-1]["children"]) == ["data", "late"]
    assert restored(station, first) == with_all
    assert restored(station, second) == tree(station)
    third = station.good()
    assert station.names() == [second, third]
    assert below(station.chain) == [
        station.chain,
        f"{station.chain}/data",
        f"{station.chain}/late",
    ]


def test_one_made_anew_under_its_name_sets_the_former_aside(station: Station) -> None:
    first = station.good()
    before = tree(station)
    for path in ("data/deep", "data"):
        take_away(station, path)
    add(station, "data")
    second = station.good()
    assert is_there(f"{station.chain}/data.{second.partition('-')[2]}/deep")
    assert restored(station, first) == before
    assert restored(station, second) == tree(station)
    for backup in (first, second):
        name = f"web01:1/{backup}"
        assert do(station, "delete", backup, destroys=name)["type"] == "result"
    assert below(f"{station.parent}/web01") == [f"{station.parent}/web01"]


def test_a_backup_that_lost_only_its_manifest_comes_back_whole(station: Station) -> None:
    first = station.good()
    held = tree(station)
    (station.manifests / f"{first}.json").unlink()
    second = station.good()
    assert station.names() == [first, second]
    assert restored(station, first) == held


def test_a_child_that_the_storage_has_lost_is_told(station: Station) -> None:
    backup = station.good()
    zfs("destroy", f"{station.chain}/data/deep@{backup}")
    assert told(station)[f"web01:1/{backup}"][0] == "lost"


def test_a_child_that_no_manifest_can_name_is_refused_and_costs_nothing(station: Station) -> None:
    before = station.good()
    add(station, "my data")
    reason = station.failed()
    assert f"{station.disk}/my data has a name that no manifest can tell: " in reason
    assert snapshots(station.chain) == snapshots(station.disk) == [before]
