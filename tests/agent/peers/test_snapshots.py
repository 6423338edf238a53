"""Datasets of another node: increments over the wire, a base each, and nothing half-made left."""

from __future__ import annotations

import os
import signal
from functools import partial
from typing import TYPE_CHECKING

import pytest

from agent.killing import STRIDE, last
from agent.peers.apart import with_pools
from agent.queueing import wait
from agent.zfs import disks
from agent.zfs.bench import below
from agent.zfs.daemon import OPENZFS
from agent.zfs.pools import guid_of
from agent.zfs.station import files, snapshots
from agent.zfs.test_incrementals import manifests
from agent.zfs.test_killed import kill_at
from holdfast.agent.jobs import progress, runs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from agent.peers.apart import Apart

pytestmark = pytest.mark.hosts


@pytest.fixture(params=disks.KINDS)
def station(
    tmp_path: Path,
    request: pytest.FixtureRequest,
) -> Iterator[Apart]:
    with with_pools(tmp_path, disks.of(request.param)) as station:
        yield station


def test_increments_rotate_and_each_kept_one_is_what_the_source_was(station: Apart) -> None:
    held = {}
    station.define(retention={"last": 3})
    (station.files / "big").write_bytes(os.urandom(3_000_000))
    for number in range(5):
        (station.files / f"file{number}").write_bytes(os.urandom(10_000))
        expected = files(station.files)
        held[station.good()] = expected
    kept = list(held)[-3:]
    assert snapshots(station.chain) == kept
    assert snapshots(station.disk) == kept[-1:]
    listed = station.listed()
    assert [document["backup"] for document in listed] == kept
    assert all(document["stored"]["size"] < 1_000_000 for document in listed)
    for backup in kept:
        assert station.restored(f"{station.chain}@{backup}") == held[backup]
    newest = runs.read(station.desk.layout, station.id)[-1]
    _, total = progress.read(station.desk.layout, station.id, newest.run)
    assert (total > 10_000) is OPENZFS  # zfs-fuse cannot tell how long an increment will be


def test_two_destinations_have_a_base_each(station: Apart) -> None:
    station.store("other", f"{station.target}/other")
    weekly = station.define(definition="weekly", storage="other", place=f"{station.target}/other")
    first = station.good()
    other = station.good(weekly)
    second = station.good()
    assert snapshots(station.disk) == [other, second]
    assert [station.good(weekly), first] == [snapshots(station.disk)[-1], station.names()[0]]
    assert station.listed()[-1]["stored"]["size"] < 1_000_000


def test_files_are_packed_on_the_other_side_against_a_base_that_it_holds(station: Apart) -> None:
    station.desk.settle()
    fixed = {"type": "file", "storage": "nas", "place": "/mnt/nas", "base_every": 3}
    station.define(**fixed, compression="gzip")
    (station.files / "file").write_bytes(bytes(500_000))
    station.good()
    (station.files / "file2").write_bytes(os.urandom(10_000))
    station.good()
    base, increment = manifests(station)
    assert base["stored"]["size"] * 5 < base["content"]["size"]
    assert 10_000 < increment["content"]["size"] < base["content"]["size"] / 2
    (kept,) = snapshots(station.disk)
    assert base["snapshot"] == guid_of(f"{station.disk}@{kept}")


@pytest.mark.parametrize("number", [30, 60])
def test_killed_at_some_steps_the_next_run_is_well(station: Apart, number: int) -> None:
    station.define(retention={"last": 2})
    station.good()
    station.good()
    assert kill_at(station, number)


@pytest.mark.slow
def test_killed_at_each_step_the_next_run_is_well(station: Apart) -> None:
    station.define(retention={"last": 2})
    station.good()
    station.good()
    assert last(partial(kill_at, station)) > 30 * STRIDE


def interrupted(station: Apart, how: Callable[[], object]) -> str:
    """Do something while a stream is on the way; return why the run failed, if it could say so."""
    # More than lies in pipes and queues, which would take all of it at once.
    (station.files / "big").write_bytes(os.urandom(16_000_000))
    station.define(bandwidth_limit=2_000_000)
    with station.desk.start("run", "prg", station.id) as running:
        wait(station.sends)
        how()
        running.communicate(timeout=600)
    ended = runs.read(station.desk.layout, station.id)[-1]
    assert ended.status == "failed"
    # Where ZFS can go on with a stream, what came of it stays; else `zfs receive` takes it back.
    stays = {f"{station.chain}.incoming"} if OPENZFS else set()
    wait(lambda: {*below(station.parent)} <= {station.parent, f"{station.parent}/web01", *stays})
    station.define()
    return ended.reason


def kill(*processes: int) -> None:
    for process in processes:
        os.kill(process, signal.SIGKILL)


def test_what_was_taken_for_a_run_that_died_goes_with_its_session(station: Apart) -> None:
    interrupted(station, lambda: kill(*station.runs()))
    if not OPENZFS:  # where the next run can go on with it, it stays
        wait(lambda: not snapshots(station.disk))
    backup = station.good()
    assert snapshots(station.disk) == [backup]


def test_an_agent_that_is_killed_in_the_middle_is_one_failure(station: Apart) -> None:
    reason = interrupted(station, lambda: kill(*station.doors()))
    assert "the agent of node cn01 broke off in the stream, after" in reason
    backup = station.good()
    assert snapshots(station.disk) == [backup]


def test_a_stream_that_ends_early_at_its_source_is_one_failure(station: Apart) -> None:
    assert "node cn01: zfs send" in interrupted(station, lambda: kill(*station.sends()))
    backup = station.good()
    assert snapshots(station.disk) == [backup]
