"""A dataset restored to another node: no more than its ticket says, and whoever dies midway."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
from typing import TYPE_CHECKING

import pytest

from agent.acts.counter import act, rpc
from agent.killing import written
from agent.peers.apart import with_pools
from agent.queueing import wait
from agent.zfs import disks
from agent.zfs.bench import below, over, request
from agent.zfs.pools import destroy_held, guid_of, zfs
from agent.zfs.station import files, snapshots
from holdfast.agent.fields import Fields
from holdfast.agent.peers import ticket
from holdfast.agent.zfs import diskmark

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from agent.acts.counter import Line
    from agent.peers.apart import Apart

pytestmark = pytest.mark.hosts

MIB = 1 << 20


@pytest.fixture(params=disks.KINDS)
def station(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Apart]:
    with with_pools(tmp_path, disks.of(request.param)) as station:
        yield station


def made(station: Apart) -> tuple[str, dict[str, bytes], dict[str, bytes]]:
    """Return a backup, what was in the disk then, and what has come to be there since."""
    station.good()
    (station.files / "file").write_bytes(os.urandom(MIB))
    expected = files(station.files)
    backup = station.good()
    (station.files / "file").write_bytes(b"later")
    return backup, expected, files(station.files)


@contextlib.contextmanager
def begun(station: Apart, backup: str) -> Iterator[subprocess.Popen[bytes]]:
    """Restore over the disk, which nobody uses meanwhile, and give it once a part is on its way."""
    arguments = admitted(station, 100 * MIB)
    content = request(station, "restore", backup, **arguments)
    with station.kind.idle(station.disk, station.files), rpc(station.desk, content) as process:
        wait(lambda: any(written(door) > MIB // 4 for door in station.doors()))
        yield process


def most(station: Apart, backup: str) -> int:
    """Return what the node with the backup tells that it brings at most."""
    told = act(station.desk, request(station, "introduce", backup))
    assert told["type"] == "result", told
    return int(told["most"])


def admitted(station: Apart, size: int) -> Line:
    """Put a ticket on the disk's node; return what restores by it."""
    arguments = over(station)
    members = ("kind", "place", "destroys", "guest_agent")
    goal = {name: arguments[name] for name in members}
    asked = {"peer": "bkp01", "goal": goal, "size": size, "seconds": 600}
    shown = ticket.issue(station.asked.layout, Fields(asked, "admit"))
    return {**arguments, "over": {"node": "cn01", "known": None, "ticket": shown}}


def restored(station: Apart, backup: str, size: int) -> Line:
    """Restore over the disk, which nobody uses meanwhile; return the last line of the answer."""
    arguments = admitted(station, size)
    with station.kind.idle(station.disk, station.files):
        return act(station.desk, request(station, "restore", backup, **arguments))


def only_the_disk(station: Apart) -> bool:
    return below(station.source) == [station.source, station.disk]


def test_a_stream_that_is_larger_than_its_ticket_says_changes_nothing(station: Apart) -> None:
    backup, _, later = made(station)
    told = restored(station, backup, MIB // 2)
    assert told["type"] == "failure"
    assert "node cn01: node bkp01 delivers more than its ticket says" in told["message"]
    assert files(station.files) == later
    assert only_the_disk(station)


def test_what_a_snapshot_brings_at_most_is_told_before(station: Apart) -> None:
    zfs("set", "compression=gzip", station.parent)
    (station.files / "dense").write_bytes(b"well compressed " * (MIB // 2))
    backup, expected, _ = made(station)
    sent = ["zfs", "send", f"{station.chain}@{backup}"]
    size = len(subprocess.run(sent, stdout=subprocess.PIPE, check=True).stdout)
    assert 9 * MIB < size < most(station, backup) < 12 * size
    assert restored(station, backup, most(station, backup))["type"] == "result"
    assert files(station.files) == expected
    assert only_the_disk(station)


def test_what_is_restored_is_the_same_disk_there(station: Apart) -> None:
    backup, _, _ = made(station)
    (disk,) = {document["source"]["guid"] for document in station.listed()}
    assert restored(station, backup, 100 * MIB)["type"] == "result"
    guid = guid_of(station.disk)
    assert diskmark.of(station.disk, guid) == disk != guid
    station.good()
    destroy_held(f"{station.disk}@{station.good()}")  # then the mark alone tells it
    station.good()
    assert {document["source"]["guid"] for document in station.listed()} == {disk}


def and_the_next_one_is_well(station: Apart, backup: str, expected: dict[str, bytes]) -> None:
    station.define()
    assert restored(station, backup, 100 * MIB)["type"] == "result"
    assert files(station.files) == expected
    assert only_the_disk(station)
    assert snapshots(station.disk) == [backup]
    assert station.names()[-1] == backup


def test_whoever_brings_it_dies(station: Apart) -> None:
    backup, expected, later = made(station)
    station.define(bandwidth_limit=MIB // 4)
    with begun(station, backup) as process:
        process.kill()
        process.communicate(timeout=60)
        wait(lambda: not station.doors())
    assert files(station.files) == later
    assert only_the_disk(station)
    and_the_next_one_is_well(station, backup, expected)


def test_whoever_takes_it_dies(station: Apart) -> None:
    backup, expected, later = made(station)
    station.define(bandwidth_limit=MIB // 4)
    with begun(station, backup) as process:
        (door,) = station.doors()
        os.kill(door, signal.SIGKILL)
        out, _ = process.communicate(timeout=60)
    assert b'"failure"' in out
    assert b"node cn01" in out
    assert files(station.files) == later
    and_the_next_one_is_well(station, backup, expected)  # what the killed one left is cleared
