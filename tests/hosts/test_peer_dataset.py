"""A dataset of another host, over a real sshd: its increments, and a link that is cut midway.

The host that asks is this machine, which has the pools; the other one sees its ZFS and no mounts.
"""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

import pytest

from agent import keys
from agent.desk import RUN, Desk
from agent.executing import execute
from agent.killing import written
from agent.peers.apart import Apart, equip
from agent.queueing import wait
from agent.zfs import daemon, disks
from agent.zfs.bench import below, brought
from agent.zfs.pools import pair
from agent.zfs.station import files, snapshots
from holdfast.agent.jobs import runs

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from hosts.fixtures import MakeHost
    from hosts.host import Host

pytestmark = pytest.mark.hosts

DOOR = 'restrict,command="/opt/holdfast/holdfast-agent peer prg bkp01"'
LARGE = 16_000_000
SOCKET = "/run/zfs"  # of zfs-fuse


@pytest.fixture
def host(make_host: MakeHost) -> Host:
    """Return a host that uses the ZFS of this process."""
    daemon.running()
    host = make_host("cn01")
    host.run("mkdir", "-p", SOCKET)
    if not daemon.OPENZFS:
        outside = ["nsenter", f"--target={host.pid}", "--mount"]  # its own root is a folder there
        bind = ["mount", "--bind", SOCKET, f"/mnt/root{SOCKET}"]
        subprocess.run([*outside, *bind], check=True)
    return host


@pytest.fixture
def station(host: Host, tmp_path: Path) -> Iterator[Apart]:
    """Return a station that reaches its disk by way of the host."""
    desk, asked = Desk(tmp_path / "bkp01"), Desk(host.path("/"))
    equip(asked).chmod(0o755)  # sshd's shell starts it
    host.authorize(keys.settle(desk.layout), DOOR)
    login = {"address": host.address, "port": 22, "user": "root", "host_key": host.host_key}
    known = {"me": "bkp01", **login}
    with (
        pair(tmp_path, f"hh{os.getpid()}") as (source, target),
        Apart(
            desk, source, target, disks.Filesystem(), asked=asked, known=known
        ).settled() as station,
    ):
        yield station


def test_increments_come_over_and_each_is_what_the_disk_was(station: Apart) -> None:
    (station.files / "big").write_bytes(os.urandom(1_000_000))
    held = {}
    for number in range(3):
        (station.files / f"file{number}").write_bytes(os.urandom(10_000))
        expected = files(station.files)
        held[station.good()] = expected
    assert station.names() == snapshots(station.chain) == list(held)
    assert snapshots(station.disk) == list(held)[-1:]
    sizes = [document["stored"]["size"] for document in station.listed()]
    assert max(sizes[1:]) < 200_000 < sizes[0]
    for backup, expected in held.items():
        assert brought(station, backup) == expected


@pytest.mark.slow
def test_a_link_that_is_cut_in_the_middle_leaves_what_was_there(station: Apart, host: Host) -> None:
    (station.files / "file").write_bytes(os.urandom(100_000))
    held = files(station.files)
    first = station.good()
    (station.files / "big").write_bytes(os.urandom(LARGE))
    station.define(bandwidth_limit=LARGE // 8)
    with execute(station.desk, station.id, RUN) as process:
        wait(lambda: written(process.pid) > LARGE // 4)
        host.cut()
        process.wait(600)
        host.mend()
    ended = runs.read(station.desk.layout, station.id)[-1]
    assert ended.status == "failed"
    assert "the connection to node cn01 is lost while waiting for the stream" in ended.reason
    assert station.names() == snapshots(station.chain) == [first]
    assert below(f"{station.parent}/web01")[1:] == [station.chain]
    assert brought(station, first) == held
    station.define()
    second = station.good()
    assert station.names() == snapshots(station.chain) == [first, second]
    assert snapshots(station.disk) == [second]
    assert brought(station, second) == files(station.files)
