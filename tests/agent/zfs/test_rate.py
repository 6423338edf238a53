"""A bandwidth limit, held to five percent over ten seconds where all lies on one node."""

from __future__ import annotations

import os
from functools import partial
from typing import TYPE_CHECKING

import pytest

from agent.acts.counter import rpc
from agent.desk import ID, RUN, Desk
from agent.executing import execute
from agent.killing import written
from agent.peers import test_rate
from agent.peers.test_rate import RATE, SIZE, rates
from agent.zfs.bench import brought, new, request
from agent.zfs.station import files

if TYPE_CHECKING:
    from pathlib import Path

    from agent.zfs.station import Station

pytestmark = [pytest.mark.hosts, pytest.mark.slow]


def test_it_holds_for_both_types_and_a_dataset_s_restore(
    filesystem: Station, tmp_path: Path
) -> None:
    station, target = filesystem, f"{filesystem.source}/new"
    (station.files / "file").write_bytes(os.urandom(SIZE))
    first, held = station.good(), files(station.files)
    station.define(bandwidth_limit=RATE)
    (station.files / "file").write_bytes(os.urandom(SIZE))  # an increment of all of it
    desk = Desk(tmp_path / "desk").settle(content=os.urandom(SIZE))
    desk.define(bandwidth_limit=RATE)
    with (
        rpc(station.desk, request(station, "restore", first, **new(target))) as restore,
        execute(station.desk, station.id, RUN) as dataset,
        execute(desk, ID, RUN) as file,
    ):
        told = rates(
            [
                partial(written, restore.pid),
                partial(written, dataset.pid),
                partial(test_rate.partial, desk.disk),
            ]
        )
        for process in (restore, dataset, file):
            process.communicate(timeout=60)
    for each in told:
        assert max(each) < RATE * 1.05
        assert max(each) > RATE * 0.95  # in some of them: a crowded machine holds up others
    assert (restore.returncode, dataset.returncode, file.returncode) == (0, 0, 0)
    station.define()
    assert brought(station, station.names()[-1]) == files(station.files)
    with station.opened(target) as folder:
        assert files(folder) == held
