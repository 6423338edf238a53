"""A dataset's run that is stopped in the midst of its stream: what was before it stays."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from agent.desk import RUN
from agent.executing import execute
from agent.killing import written
from agent.queueing import wait
from agent.zfs import test_incrementals, test_killed, test_killed_file
from agent.zfs.bench import told
from agent.zfs.pools import zfs
from agent.zfs.station import snapshots
from agent.zfs.test_resuming import token
from holdfast.agent.jobs import cancel, runs

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from agent.zfs.station import Station

pytestmark = pytest.mark.hosts

RATE = 100_000  # bytes a second, so that the stream goes on until it is stopped
LARGE = 120 * RATE


def define(station: Station, kind: str, **changes: object) -> None:
    """Define backups of the disk as snapshots, or as files against a base."""
    if kind == "file":
        test_incrementals.define(station, **changes)
    else:
        station.define(**changes)


def out_of_time(station: Station, kind: str) -> None:
    """Have a dispatcher find the run that goes on, and give it a second."""
    define(station, kind, bandwidth_limit=RATE, timeout=1)
    station.desk.run("run", "--queue")


def on_a_word(station: Station, kind: str) -> None:  # noqa: ARG001 - whatever it is
    name = runs.read(station.desk.layout, station.id)[-1].run
    cancel.cancel(station.desk.layout, station.id, name)


def lying(station: Station, kind: str) -> list[Path] | list[str]:
    """Return all that the backups are, and what a run may leave among them."""
    if kind == "file":
        return sorted((station.desk.nas / "web01/disk1").iterdir())
    return snapshots(station.chain)


def held(station: Station) -> list[str]:
    """Return the snapshots of the disk, all of which are held."""
    names = snapshots(station.disk)
    paths = [f"{station.disk}@{name}" for name in names]
    assert set(zfs("get", "-H", "-o", "value", "userrefs", *paths).split()) == {"1"}
    return names


def make_another(station: Station, kind: str, first: str) -> None:
    """Make a good backup, and hold it and the one before it to what must be."""
    define(station, kind)
    if kind == "file":
        test_killed_file.recover(station, first)
    else:
        test_killed.recover(station, station.listed())


@pytest.mark.parametrize("kind", ["dataset", "file"])
@pytest.mark.parametrize(("stop", "status"), [(out_of_time, "timeout"), (on_a_word, "canceled")])
def test_it_leaves_the_backups_and_their_base(
    station: Station,
    kind: str,
    stop: Callable[[Station, str], None],
    status: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("HOLDFAST_ROOT", str(station.desk.root))
    station.desk.settle()
    define(station, kind)
    first, base = station.good(), held(station)
    before = told(station), lying(station, kind)
    define(station, kind, bandwidth_limit=RATE)
    (station.files / "file").write_bytes(os.urandom(LARGE))
    # In a group of its own, as a dispatcher starts it, for all of which is stopped.
    with execute(station.desk, station.id, RUN, before=("setsid",)) as process:
        wait(lambda: written(process.pid) > RATE)
        assert told(station) == before[0]  # what is being made is no backup yet
        stop(station, kind)
        process.wait(600)
    assert runs.read(station.desk.layout, station.id)[-1].status == status
    assert (told(station), lying(station, kind)) == before
    # OpenZFS keeps what came of a stream, and with it the snapshot that the next run goes on with.
    is_kept = kind == "dataset" and len(token(station.chain)) > 1
    now = held(station)
    assert (now[:1], len(now)) == (base, 1 + is_kept)
    make_another(station, kind, first)
