"""The guard: it thaws when it is told to, when the run is killed, and when it takes too long."""

from __future__ import annotations

import os
import signal
from typing import TYPE_CHECKING

import pytest

from agent.desk import Desk
from agent.freeze.midst import frozen
from agent.freeze.scripted import Guest
from agent.queueing import wait
from holdfast.agent.freeze import guard
from holdfast.agent.freeze.guest import Limits
from holdfast.agent.freeze.qga import Qga

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Iterator
    from pathlib import Path

QUICK = Limits(reach=0.5, freeze=0.5, thaw=0.5)


def watched(path: Path, longest: float) -> list[tuple[str, str]]:
    """Return what a guard tells whose pipe nobody closes."""
    told: list[tuple[str, str]] = []
    reads, writes = os.pipe()
    try:
        guard.watch(Qga(str(path)), reads, lambda *said: told.append(said), QUICK, longest)
    finally:
        os.close(reads)
        os.close(writes)
    return told


def test_no_guest_stays_frozen_for_long(tmp_path: Path) -> None:
    with Guest(tmp_path / "vm.qga") as there:
        told = watched(there.path, 0.2)
        assert not there.frozen
    assert told == [("frozen", ""), ("late", "it was thawed after 0.2 s")]


def test_one_that_dies_frozen_is_told_of_loudly(tmp_path: Path) -> None:
    with Guest(tmp_path / "vm.qga", freeze="dies") as there:
        (_, (state, reason)) = watched(there.path, 0.1)
    assert state == "stuck"
    assert "may still be frozen" in reason


def test_a_refusal_ends_it(tmp_path: Path) -> None:
    with Guest(tmp_path / "vm.qga", freeze="refuse") as there:
        ((state, reason),) = watched(there.path, 9)
    assert (state, "not today" in reason) == ("refused", True)


@pytest.fixture
def there(tmp_path: Path) -> Iterator[Guest]:
    """Return the guest that the run freezes."""
    with Guest(tmp_path / "vm.qga") as guest:
        yield guest


@pytest.fixture
def run(tmp_path: Path, there: Guest) -> Iterator[subprocess.Popen[str]]:
    """Return a run in the midst of its snapshot."""
    desk = Desk(tmp_path)
    identity = desk.define(freeze="required", guest_agent={"socket": "/vm.qga"})
    with frozen(desk, identity) as process:
        assert there.frozen
        yield process


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGHUP])
def test_a_run_that_is_ended_leaves_no_guest_frozen(
    there: Guest, run: subprocess.Popen[str], number: signal.Signals
) -> None:
    run.send_signal(number)
    run.wait()
    wait(lambda: not there.frozen)


def test_a_run_whose_whole_group_is_killed_leaves_no_guest_frozen(
    there: Guest, run: subprocess.Popen[str]
) -> None:
    os.killpg(run.pid, signal.SIGKILL)
    run.wait()
    wait(lambda: not there.frozen)


def test_a_guard_that_is_killed_is_stood_in_for(there: Guest, run: subprocess.Popen[str]) -> None:
    with open(f"/proc/{run.pid}/task/{run.pid}/children", encoding="ascii") as file:
        (child,) = map(int, file.read().split())
    os.kill(child, signal.SIGKILL)
    run.send_signal(signal.SIGINT)
    run.wait()
    assert not there.frozen
