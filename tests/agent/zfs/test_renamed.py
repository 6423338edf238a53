"""Chains of a server that has another name now."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from agent.executing import execute
from agent.killing import KILLED
from agent.zfs.bench import do, told
from agent.zfs.pools import is_there, zfs
from agent.zfs.station import snapshots
from holdfast.agent import definition
from holdfast.agent.jobs import claims, underway
from holdfast.agent.zfs.snapshots import Snapshot

if TYPE_CHECKING:
    from agent.zfs.station import Station

pytestmark = pytest.mark.hosts

# Runs the agent and kills it before it destroys what is named so.
KILLING = """
import os, sys
where = sys.argv.pop(1)
def watch(event, arguments):
    if event == "subprocess.Popen" and arguments[1][1:2] == ["destroy"]:
        if arguments[1][-1].startswith(where):
            os.kill(os.getpid(), 9)
sys.addaudithook(watch)
from holdfast.agent.main import main
sys.exit(main(sys.argv[1:]))
"""


def rename(station: Station, **changes: object) -> str:
    """Give the server another name; return the definition's ID, which is another one, too."""
    former = station.id
    (station.desk.root / f"etc/holdfast/prg/definitions/{former}.json").unlink()
    return station.define(server="web02", was=[former], **changes)


def test_a_renamed_server_begins_a_chain_and_its_former_one_is_rotated(station: Station) -> None:
    first, second = station.good(), station.good()
    renamed = rename(station, retention={"last": 1})
    third = station.good(renamed)
    assert snapshots(f"{station.parent}/web02/disk1") == [third]
    assert station.names() == [second] == snapshots(station.chain)
    assert f"web01:1/{first}" not in told(station)
    last = station.good(renamed)
    assert snapshots(f"{station.parent}/web02/disk1") == [third, last]
    assert told(station).keys() == {f"web02:1/{third}", f"web02:1/{last}"}
    assert not is_there(station.chain)


def test_a_removal_in_the_former_chain_that_was_killed_is_finished(filesystem: Station) -> None:
    station = filesystem
    first, second = station.good(), station.good()
    renamed = rename(station, retention={"last": 2})
    with execute(station.desk, renamed, KILLING, station.chain) as process:
        assert process.wait() == KILLED
    assert snapshots(station.chain) == [first, second]
    assert station.names() == [second]
    third = station.good(renamed)
    assert not is_there(station.chain)
    assert os.listdir(station.manifests) == []
    assert len(told(station)) == 2
    assert f"web02:1/{third}" in told(station)


def test_what_is_anothers_in_the_former_chain_is_left_to_it(filesystem: Station) -> None:
    station = filesystem
    first, _ = station.good(), station.good()
    renamed = rename(station)
    path = station.manifests / f"{first}.json"
    going = path.rename(path.with_name(f".{first}.json.prg.partial"))
    going.write_text(going.read_text().replace('"daily@web01:1"', '"hourly@web01:1"'))
    written = station.manifests / ".holdfast.0123456789abcdef.tmp"
    written.touch()
    station.good(renamed)
    assert is_there(f"{station.chain}@{first}")
    assert going.exists()
    assert written.exists()


@pytest.mark.parametrize("content", [b"", b"{"], ids=["empty", "cut"])
def test_a_damaged_manifest_there_is_proven_by_the_snapshots_own(
    filesystem: Station, content: bytes
) -> None:
    station = filesystem
    first, second = station.good(), station.good()
    renamed = rename(station)
    for backup in (first, second):
        path = station.manifests / f"{backup}.json"
        path.rename(path.with_name(f".{backup}.json.prg.partial")).write_bytes(content)
    zfs("set", "holdfast:manifest=damaged", f"{station.chain}@{second}")  # no proof is left
    ended = station.run(renamed)
    path = f"{station.chain}@{second}"
    assert ended.status == "success"
    assert f"{path} was to be removed, and its manifest is damaged: " in ended.reason
    assert snapshots(station.chain) == [second]


def test_nothing_is_deleted_there_below_a_run_that_may_be_clearing(filesystem: Station) -> None:
    station = filesystem
    first = station.good()
    renamed = rename(station)
    wanted = definition.load(station.desk.layout, renamed)
    assert wanted is not None
    held = claims.exclusive(station.desk.layout, wanted)
    assert held is not None
    refused = do(station, "delete", first, destroys=f"web01:1/{first}")
    assert "a run of web01:1 is under way" in refused["message"]
    claims.release(held)
    assert do(station, "delete", first, destroys=f"web01:1/{first}")["type"] == "result"


@pytest.mark.parametrize("is_used", [False, True], ids=["former", "used"])
def test_what_a_killed_run_left_in_the_former_chain_goes(
    filesystem: Station, *, is_used: bool
) -> None:
    station = filesystem
    station.define(retention={"last": 9})
    first, left, kept = station.good(), station.good(), "daily-20261121_020000"
    (station.manifests / f"{left}.json").unlink()
    zfs("inherit", "holdfast:manifest", f"{station.chain}@{left}")
    zfs("snapshot", f"{station.chain}@{kept}")  # no run of here was sending it
    renamed = rename(station, retention={"last": 9})
    for name in (first, left):  # the first of them has a manifest
        snapshot = Snapshot(station.disk, name, "17", 5, "", "", "")
        underway.begin(station.desk.layout, station.chain, snapshot, "off")
    if is_used:  # a new server has the name, and its run may go on with what came
        station.define(uuid="new")
    assert station.run(renamed).status == "success"
    assert snapshots(station.chain) == ([first, left, kept] if is_used else [first, kept])
    assert bool(underway.into(station.desk.layout, station.chain)) == is_used
