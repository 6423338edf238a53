"""A backup that cannot go, or is half gone, hinders no run; and no removal outruns a lock."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from agent.zfs.bench import do, told
from agent.zfs.pools import destroy_held, is_there, zfs
from agent.zfs.station import snapshots
from holdfast.agent import definition
from holdfast.agent.jobs import claims, underway
from holdfast.agent.zfs.snapshots import Snapshot

if TYPE_CHECKING:
    from pathlib import Path

    from agent.zfs.station import Station

pytestmark = pytest.mark.hosts


def test_a_clone_of_an_old_backup_hinders_neither_runs_nor_the_rotation_of_others(
    filesystem: Station,
) -> None:
    station = filesystem
    station.define(retention={"last": 1})
    first = station.good()
    clone = f"{station.target}/looked-into"
    zfs("clone", "-o", "canmount=off", f"{station.chain}@{first}", clone)
    for _ in range(2):
        ended = station.run()
        assert ended.status == "warning"
        assert "rotation: " in ended.reason
        assert first in ended.reason
        assert station.names() == [first, ended.backup] == snapshots(station.chain)
    assert {status for status, _, _ in told(station).values()} == {"ok"}
    zfs("destroy", clone)
    last = station.good()
    assert station.names() == [last] == snapshots(station.chain)


def test_a_backup_that_was_entered_again_is_not_removed_over_a_lock(filesystem: Station) -> None:
    station = filesystem
    first = station.good()
    manifest = station.manifests / f"{first}.json"
    going = manifest.with_name(f".{first}.json.prg.partial")
    going.write_bytes(manifest.read_bytes())  # its removal had begun when its manifest came back
    assert do(station, "lock", first, reason="audit", until=None)["type"] == "result"
    station.good()
    assert is_there(f"{station.chain}@{first}")
    assert f"web01:1/{first}" in told(station)
    assert not going.exists()


def half_removed(station: Station, backup: str, content: bytes) -> Path:
    """Leave a removal that was killed in the midst, its manifest damaged since."""
    path = station.manifests / f"{backup}.json"
    going = path.rename(path.with_name(f".{backup}.json.prg.partial"))
    going.write_bytes(content)
    return going


@pytest.mark.parametrize(
    "content", [b"", b'{"format":1', b"\0" * 900], ids=["empty", "cut", "zeros"]
)
def test_a_removal_whose_manifest_is_damaged_is_finished_by_the_snapshots_own(
    filesystem: Station, content: bytes
) -> None:
    first, second = filesystem.good(), filesystem.good()
    going = half_removed(filesystem, first, content)
    ended = filesystem.run()
    assert (ended.status, ended.reason) == ("success", "")
    assert filesystem.names() == snapshots(filesystem.chain) == [second, ended.backup]
    assert not going.exists()


def test_where_the_snapshot_went_before_only_the_damaged_manifest_is_left_to_go(
    filesystem: Station,
) -> None:
    first, second = filesystem.good(), filesystem.good()
    going = half_removed(filesystem, first, b"{")
    zfs("destroy", f"{filesystem.chain}@{first}")
    third = filesystem.good()
    assert filesystem.names() == snapshots(filesystem.chain) == [second, third]
    assert not going.exists()


def test_without_any_proof_the_snapshot_stays_and_each_run_says_so(filesystem: Station) -> None:
    station = filesystem
    first, second = station.good(), station.good()
    going = half_removed(station, first, b"{")
    path = f"{station.chain}@{first}"
    zfs("set", "holdfast:manifest=damaged", path)
    for _ in range(2):
        ended = station.run()
        assert ended.status == "success"
        assert ended.reason == (
            f"{path} was to be removed, and its manifest is damaged: "
            f"destroy it, then remove {going}"
        )
    assert snapshots(station.chain)[:2] == [first, second]
    zfs("destroy", path)
    assert station.run().reason == ""
    assert not going.exists()


def test_what_is_no_file_in_the_place_of_a_manifest_is_stepped_over(filesystem: Station) -> None:
    first = filesystem.good()
    going = filesystem.manifests / f".{first[:-1]}x.json.prg.partial"
    going.mkdir()
    assert filesystem.run().reason == ""  # no backup has such a name
    odd = filesystem.manifests / ".daily-20261101_020000.json.prg.partial"
    odd.mkdir()
    assert filesystem.run().reason == f"{odd} is no file of ours: move it away"


def test_nothing_is_deleted_below_a_run_that_may_be_receiving(filesystem: Station) -> None:
    station = filesystem
    other = station.define(definition="hourly")
    first = station.good()
    wanted = definition.load(station.desk.layout, other)
    assert wanted is not None
    held = claims.exclusive(station.desk.layout, wanted)
    assert held is not None
    os.unlink(os.path.join(station.desk.layout.definitions, f"{other}.json"))  # while it runs
    refused = do(station, "delete", first, destroys=f"web01:1/{first}")
    assert "a run of web01:1 is under way" in refused["message"]
    claims.release(held)
    assert do(station, "delete", first, destroys=f"web01:1/{first}")["type"] == "result"


@pytest.mark.parametrize("what", ["hold", "clone"])
def test_what_keeps_a_killed_run_s_snapshot_is_told_and_how_to_end_it(
    filesystem: Station, what: str
) -> None:
    station = filesystem
    station.define(retention={"last": 9})
    first, left = station.good(), station.good()
    path, clone = f"{station.chain}@{left}", f"{station.target}/looked-into"
    (station.manifests / f"{left}.json").unlink()
    zfs("inherit", "holdfast:manifest", path)
    destroy_held(f"{station.disk}@{left}")
    snapshot = Snapshot(station.disk, left, "17", 5, "", "", "")
    underway.begin(station.desk.layout, station.chain, snapshot, "off")
    if what == "hold":
        zfs("hold", "legal", path)
        why = f"{path} is held: `zfs release"
    else:
        zfs("clone", "-o", "canmount=off", path, clone)
        why = f"{path} has a clone, {clone}: destroy that one"
    assert station.failed().startswith(f"a killed run left {path}, which cannot go: {why}")
    zfs(*(("release", "legal", path) if what == "hold" else ("destroy", clone)))
    newest = station.good()
    assert snapshots(station.chain) == [newest]
    assert first in station.names()


def test_what_is_locked_does_not_go_though_its_manifest_is_named_as_if(
    filesystem: Station,
) -> None:
    station = filesystem
    station.define(retention={"last": 9})
    first, _ = station.good(), station.good()
    do(station, "lock", first, reason="audit", until=None)
    path = station.manifests / f"{first}.json"
    path.rename(path.with_name(f".{first}.json.prg.partial"))  # who can write there can do that
    station.good()
    assert told(station)[f"web01:1/{first}"] == ("ok", True, True)
    assert zfs("get", "-H", "-o", "value", "userrefs", f"{station.chain}@{first}").strip() == "1"
