"""What fails once a stream has arrived whole: a backup comes of it now, or by the next run."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from agent.executing import execute
from agent.zfs.pools import destroy_held, guid_of, zfs
from agent.zfs.station import files, snapshots
from agent.zfs.test_killed import check, copies
from holdfast.agent.jobs import runs, underway
from holdfast.agent.zfs.snapshots import Snapshot

if TYPE_CHECKING:
    from agent.zfs.station import Station
    from holdfast.agent.jobs.runs import Run

pytestmark = pytest.mark.hosts

# Runs the agent where one thing that is named cannot be done.
HINDERED = """
import sys
hindered = sys.argv.pop(1)
def watch(event, arguments):
    if event == "open" and hindered in str(arguments[0]):
        raise PermissionError("hindered")
    if event == "subprocess.Popen" and any(each.startswith(hindered) for each in arguments[1]):
        arguments[1][-1] = "hindered"  # of which zfs knows nothing
sys.addaudithook(watch)
from holdfast.agent.main import main
sys.exit(main(sys.argv[1:]))
"""


def hindered(station: Station, what: str) -> Run:
    """Change the source and run; return how that ended."""
    (station.files / "file").write_bytes(os.urandom(50_000))
    with execute(station.desk, station.id, HINDERED, what) as process:
        process.wait()
    return max(runs.read(station.desk.layout, station.id), key=lambda run: run.run)


def test_a_backup_whose_manifest_cannot_be_copied_is_one(station: Station) -> None:
    station.define(retention={"last": 4})
    first = station.good()
    run = hindered(station, "holdfast:manifest=")
    assert run.status == runs.WARNING
    assert "its manifest lies in the storage, without a copy: " in run.reason
    assert station.names() == [first, run.backup]
    assert snapshots(station.disk) == [run.backup]
    assert copies(station)[1:] == ["-\n"]
    later = hindered(station, "holdfast:manifest=")  # it hinders no later backup
    assert (later.status, copies(station)[1:]) == (runs.WARNING, ["-\n"] * 2)
    station.good()
    assert "-\n" not in copies(station)
    check(station)


def test_what_arrived_and_could_not_be_described_is_adopted(station: Station) -> None:
    station.define(retention={"last": 3})
    first = station.good()
    run = hindered(station, "/sequences/")
    assert run.status == runs.FAILED
    assert station.names() == [first]
    expected = files(station.files)
    (station.files / "file").write_bytes(b"later")
    newest = station.good()
    _, adopted, last = station.names()
    assert last == newest
    assert station.restored(f"{station.chain}@{adopted}") == expected
    check(station)


def test_what_has_a_manifest_that_cannot_be_read_is_never_destroyed(station: Station) -> None:
    station.define(retention={"last": 4})
    first, second = station.good(), station.good()
    (station.manifests / f"{second}.json").write_text("{")
    zfs("inherit", "holdfast:manifest", f"{station.chain}@{second}")
    destroy_held(f"{station.disk}@{second}")  # so nothing proves what it is
    newest = station.good()
    assert snapshots(station.chain) == [newest]
    there = zfs("list", "-H", "-t", "snapshot", "-o", "name", "-r", station.parent).split()
    assert {each.partition("@")[2] for each in there} == {first, second, newest}


def test_nor_where_a_run_that_was_killed_is_said_to_have_been_sending_it(station: Station) -> None:
    station.define(retention={"last": 4})
    first, second = station.good(), station.good()
    # The kill came between the manifest and the end of the record; then the manifest was damaged.
    sent = Snapshot(station.disk, second, guid_of(f"{station.disk}@{second}"), 5, "", "", "")
    underway.begin(station.desk.layout, station.chain, sent, "off")
    (station.manifests / f"{second}.json").write_text("{")
    zfs("inherit", "holdfast:manifest", f"{station.chain}@{second}")
    destroy_held(f"{station.disk}@{second}")
    ended = station.run()
    assert "put its manifest back" not in ended.reason  # for it is there
    assert snapshots(station.chain) == [ended.backup]
    there = zfs("list", "-H", "-t", "snapshot", "-o", "name", "-r", station.parent).split()
    assert {each.partition("@")[2] for each in there} == {first, second, ended.backup}
