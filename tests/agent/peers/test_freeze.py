"""A guest whose disk is on another node: frozen there for its snapshot, thawed whatever happens."""

from __future__ import annotations

import os
import signal
import time
from typing import TYPE_CHECKING

import pytest

from agent.freeze.scripted import FREEZE, SLOW, SYNC, THAW, Guest
from agent.peers.pair import Pair
from agent.peers.test_snapshots import kill
from agent.peers.test_snapshots import station as apart
from agent.queueing import wait
from agent.zfs.station import snapshots
from holdfast.agent.backups import stock
from holdfast.agent.jobs import runs
from holdfast.agent.setup.survey import Survey

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from agent.peers.apart import Apart

pytestmark = pytest.mark.hosts
station = apart

AGENT = {"guest_agent": {"socket": "/vm.qga"}}
ONCE = [SYNC, FREEZE, SYNC, THAW]


def guest(station: Apart, **script: str) -> Guest:
    """Return the guest, beside its disk; the node that asks has none."""
    return Guest(station.asked.root / "vm.qga", **script)


def flags(station: Apart) -> list[object]:
    """Return what a list tells of each backup's freeze."""
    lines = stock.answer(Survey(station.desk.layout))
    return [line["freeze"] for line in lines if line["type"] == "backup"]


def test_it_is_frozen_for_each_snapshot_and_the_list_says_so(station: Apart) -> None:
    station.define(freeze="required", **AGENT)
    with guest(station) as there:
        for _ in range(2):
            station.good()
        assert (there.asked, there.frozen) == (ONCE * 2, False)
    assert flags(station) == ["frozen", "frozen"]
    assert [document["freeze"] for document in station.listed()] == ["frozen", "frozen"]


def test_an_image_is_read_as_of_the_moment_that_it_was_frozen(xfs: Path) -> None:
    pair = Pair.below(xfs).settle()
    pair.define(freeze="required", **AGENT)
    with Guest(pair.asked.root / "vm.qga") as there:
        pair.good()
        assert (there.asked, there.frozen) == (ONCE, False)
    (manifest,) = pair.asking.manifests()
    assert (manifest["freeze"], manifest["consistency"]) == ("frozen", "reflink")


@pytest.mark.parametrize(
    ("script", "words"),
    [
        ({"freeze": "refuse"}, "not today"),
        ({"freeze": "none"}, "froze no file system"),
        pytest.param({"sync": "silent"}, "does not answer", marks=pytest.mark.slow),
    ],
)
def test_a_freeze_that_fails_is_noted_or_fails_the_run(
    station: Apart, script: dict[str, str], words: str
) -> None:
    station.define(freeze="best-effort", **AGENT)
    with guest(station, **script) as there:
        ended = station.run()
        assert (ended.status, there.frozen) == ("success", False)
        assert ended.reason.startswith("the guest was not frozen: ")
        assert words in ended.reason
        station.define(freeze="required", **AGENT)
        reason = station.failed()
        assert not there.frozen
    assert "node cn01: freeze is required, but the guest was not frozen: " in reason
    assert words in reason
    assert flags(station) == ["failed"]
    assert snapshots(station.disk) == station.names() == [ended.backup]


def test_a_guest_that_dies_frozen_is_told_loudly(station: Apart) -> None:
    station.define(freeze="best-effort", **AGENT)
    with guest(station, freeze="dies"):
        assert "the guest may still be frozen" in station.failed()
    assert station.names() == snapshots(station.disk) == []


def kill_run(station: Apart, _: Guest) -> None:
    kill(*station.runs())


def kill_door(station: Apart, _: Guest) -> None:
    kill(*station.doors())


def kill_door_that_hangs(station: Apart, there: Guest) -> None:
    """Kill it long after the guest has answered, which stays frozen meanwhile."""
    (door,) = station.doors()
    os.kill(door, signal.SIGSTOP)
    time.sleep(2 * SLOW)
    assert (there.asked, there.frozen) == ([SYNC, FREEZE], True)
    kill(door)


@pytest.mark.parametrize("ends", [kill_run, kill_door, kill_door_that_hangs])
def test_a_session_that_is_killed_leaves_no_guest_frozen(
    station: Apart, ends: Callable[[Apart, Guest], None]
) -> None:
    station.define(freeze="required", **AGENT)
    with guest(station, freeze="slow") as there:
        with station.desk.start("run", "prg", station.id) as running:
            wait(lambda: there.frozen)
            ends(station, there)
            running.communicate(timeout=60)
        wait(lambda: not there.frozen)
        assert there.asked == ONCE
    assert runs.read(station.desk.layout, station.id)[-1].status == "failed"
    assert station.names() == []
    (station.asked.root / "vm.qga").unlink()
    with guest(station) as there:
        backup = station.good()
        assert (there.asked, there.frozen) == (ONCE, False)
    assert snapshots(station.disk) == station.names() == [backup]
