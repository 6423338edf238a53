"""A bandwidth limit, held to five percent over ten seconds of runs and of a restore as they are."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

import pytest

from agent.acts.counter import asked, name, restoring, rpc, stocked
from agent.desk import ID
from agent.killing import written
from agent.peers.pair import Pair
from agent.peers.test_snapshots import station as apart
from agent.queueing import wait
from holdfast.agent.jobs import runs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from agent.peers.apart import Apart

pytestmark = [pytest.mark.hosts, pytest.mark.slow]
station = apart

RATE, SECONDS = 2_000_000, 10  # bytes a second
LONG = 2 * SECONDS
SIZE = RATE * (LONG + 4)


def rates(counters: Sequence[Callable[[], int]]) -> list[list[float]]:
    """Return how fast each counts over any ten seconds, once all of them do."""
    wait(lambda: all(count() > RATE // 2 for count in counters))
    seen: list[list[tuple[float, int]]] = [[] for _ in counters]
    end = time.monotonic() + LONG
    while time.monotonic() < end:
        for count, samples in zip(counters, seen, strict=True):
            samples.append((time.monotonic(), count()))
        time.sleep(0.1)
    return [list(over_ten_seconds(samples)) for samples in seen]


def over_ten_seconds(samples: list[tuple[float, int]]) -> Iterator[float]:
    for begin, first in samples:
        for end, count in samples:
            if end - begin >= SECONDS:
                yield (count - first) / (end - begin)
                break


def partial(folder: Path) -> int:
    """Return how much has come of what is being stored in a folder."""
    return sum(path.stat().st_size for path in folder.glob(".*partial"))


def test_it_holds_over_the_wire_and_for_a_restore(station: Apart, tmp_path: Path) -> None:
    pair = Pair.below(tmp_path / "pair").settle(os.urandom(SIZE))
    pair.define(bandwidth_limit=RATE, compression="gzip")
    desk = stocked(tmp_path / "desk", os.urandom(SIZE))
    desk.define(bandwidth_limit=RATE)
    (station.files / "file").write_bytes(os.urandom(SIZE))
    station.define(bandwidth_limit=RATE)
    with (
        rpc(desk, asked(desk, "restore", name(desk), **restoring())) as restore,
        pair.asking.start("run", "prg", ID) as file,
        station.desk.start("run", "prg", station.id) as dataset,
    ):
        wait(station.sends)
        (door,) = station.doors()
        told = rates(
            [
                lambda: partial(pair.asking.disk),  # packed on the other side
                lambda: written(door),
                lambda: written(restore.pid),
            ]
        )
        for process in (restore, file, dataset):
            process.communicate(timeout=60)
    for each in told:
        assert max(each) < RATE * 1.05
        assert max(each) > RATE * 0.95  # in some of them: a crowded machine holds up others
    assert restore.returncode == 0
    for layout, identity in ((pair.asking.layout, ID), (station.desk.layout, station.id)):
        assert runs.read(layout, identity)[-1].status == "success"
