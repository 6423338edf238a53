"""SIGKILL at each step of what brings a dataset to another node: there is the old data or the new.

After it the next restore is well, and nothing of the killed one is left over on the disk's node.
"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import pytest

from agent.acts.counter import rpc
from agent.killing import KILLED, STEPS, every_other
from agent.queueing import wait
from agent.restoring import test_datasets_elsewhere as elsewhere
from agent.restoring.test_datasets_elsewhere import (
    MIB,
    admitted,
    and_the_next_one_is_well,
    made,
    only_the_disk,
)
from agent.zfs.bench import request, told
from agent.zfs.leftovers import lying, of_run
from agent.zfs.station import files

if TYPE_CHECKING:
    from agent.peers.apart import Apart

pytestmark = [pytest.mark.hosts, pytest.mark.slow]

station = elsewhere.station


def killed(station: Apart, backup: str, number: int) -> bool:
    """Kill what brings a backup before a step, and wait for what takes it; tell whether it came."""
    content = request(station, "restore", backup, **admitted(station, 100 * MIB))
    with (
        station.kind.idle(station.disk, station.files),
        rpc(station.desk, content, str(number), program=STEPS) as process,
    ):
        process.communicate()
        wait(lambda: not station.doors())
    assert process.returncode in (0, KILLED)
    return process.returncode == KILLED


def test_killed_before_each_step_it_leaves_old_or_new(station: Apart) -> None:
    backup, expected, later = made(station)
    and_the_next_one_is_well(station, backup, expected)
    clean, seen, follows = lying(station), list[bool](), every_other()
    for number in itertools.count(1):
        (station.files / "file").write_bytes(b"later")
        came = killed(station, backup, number)
        assert files(station.files) in (later, expected)
        seen.append(files(station.files) == later)
        assert {status for status, *_ in told(station).values()} == {"ok"}
        if next(follows) or not came:
            and_the_next_one_is_well(station, backup, expected)
            assert lying(station) == clean
        if not came:
            break
    assert sum(seen) > 12
    assert not seen[-1]
    made_next = station.good()
    assert only_the_disk(station)
    assert lying(station) == of_run(station, clean)
    assert station.names()[-1] == made_next
