"""What fails once a stream has arrived whole: a backup comes of it now, or by the next run."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from agent.executing import execute
from agent.zfs.station import files, snapshots
from agent.zfs.test_killed import check
from holdfast.agent.jobs import runs

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
        arguments[1].append("hindered")  # one word too many, or a name that is none
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
    station.define(retention={"last": 3})
    first = station.good()
    run = hindered(station, "holdfast:manifest=")
    assert run.status == runs.WARNING
    assert "its manifest lies in the storage, without a copy: " in run.reason
    assert station.names() == [first, run.backup]
    assert snapshots(station.disk) == [run.backup]
    station.good()
    check(station)  # both have a copy now


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
