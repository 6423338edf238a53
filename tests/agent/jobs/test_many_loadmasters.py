"""Two hundred LoadMasters of one connector, all due in one minute, four at a time."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from agent.backups.appliances import document
from agent.desk import Desk
from agent.jobs.pulling import RECIPIENT, Pulling
from agent.loadmaster.connector import Connector
from holdfast.agent import locks
from holdfast.agent.cron import cronfile
from holdfast.agent.jobs import runs, tickets
from holdfast.lab.loadmaster.estate import Estate, Order

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.slow
DEVICES, SLOTS = 200, 4
MOST_MEMORY = 150  # MiB


class Watch:
    """How many agents of a root there are at the most, and their memory with all they start."""

    def __init__(self, root: Path) -> None:
        self._mark = f"HOLDFAST_ROOT={root}".encode()
        self.mebibytes = 0.0
        self.processes = 0

    def look(self) -> None:
        found = {pid: self._size(pid) for pid in os.listdir("/proc") if pid.isdigit()}
        sizes = {pid: size for pid, size in found.items() if size}
        self.mebibytes = max(self.mebibytes, sum(sizes.values()) / 1024)
        # A dispatcher and its jobs; what a job starts, such as a program that signs, is none.
        jobs = [pid for pid in sizes if _parent(_parent(pid)) not in sizes]
        self.processes = max(self.processes, len(jobs))

    def _size(self, pid: str) -> int:
        """Return the proportional size of a process of ours in KiB, 0 of any other."""
        try:
            with open(f"/proc/{pid}/environ", "rb") as file:
                if self._mark not in file.read().split(b"\0"):
                    return 0
            with open(f"/proc/{pid}/smaps_rollup", encoding="ascii") as lines:
                return next((int(x.split()[1]) for x in lines if x.startswith("Pss:")), 0)
        except OSError:
            return 0  # it has ended since


def _parent(pid: str) -> str:
    """Return who started a process; nothing of one that has ended, or of nothing."""
    if not pid:
        return ""
    try:
        with open(f"/proc/{pid}/stat", encoding="ascii") as file:
            return file.read().rpartition(")")[2].split()[1]
    except OSError:
        return ""


@contextmanager
def watched(root: Path) -> Iterator[Watch]:
    watch, over = Watch(root), threading.Event()

    def loop() -> None:
        while not over.wait(0.1):
            watch.look()

    thread = threading.Thread(target=loop)
    thread.start()
    try:
        yield watch
    finally:
        over.set()
        thread.join()


def fire(desk: Desk, names: list[str]) -> list[str]:
    """Start at once what cron starts in the minute when all are due; return them in their turns.

    Nobody serves yet, so that the turns are known.
    """
    entries = {f"nightly@{name}": ["* * * * *"] for name in names}
    lines = cronfile.render_file("prg", "bkp01", entries).splitlines()
    commands = [shlex.split(line)[7:] for line in lines if " run prg " in line]
    with locks.tried(os.path.join(desk.layout.queue, ".dispatcher.lock")) as ours:
        assert ours
        started = [desk.start(*words) for words in commands]
        assert [process.communicate(timeout=300) for process in started] == [("", "")] * len(
            started
        )
    queued = [tickets.read(desk.layout, name) for name in tickets.listed(desk.layout)]
    turns = [ticket.definition.partition("@")[2] for ticket in queued if ticket]
    assert sorted(turns) == sorted(names)
    return turns


def test_all_are_backed_up_once_in_order_gently_and_within_memory(tmp_path: Path) -> None:
    desk, connector = Desk(tmp_path).settle(slots=SLOTS), Connector(tmp_path)
    with Estate(Order(count=DEVICES)) as estate, watched(tmp_path) as watch:
        names = [connector.know(site) for site in estate.sites]
        for name in names:
            source = {"kind": "loadmaster", "place": name, "node": "bkp01"}
            told = document(
                loadmaster=name, source=source, encrypt_to=[RECIPIENT], queue_timeout=3600
            )
            desk.put_json(f"definitions/nightly@{name}.json", told)
        names = fire(desk, names)
        assert watch.processes < DEVICES / 10
        watch.processes = 0
        begun = time.monotonic()
        assert desk.run("run", "--queue", limit=900).returncode == 0
        print(f"{DEVICES} in {time.monotonic() - begun:.1f} s, {watch.mebibytes:.0f} MiB")  # noqa: T201 - shown by -s

        made = [runs.read(desk.layout, f"nightly@{name}") for name in names]
        assert [[run.status for run in of_one] for of_one in made] == [["success"]] * DEVICES
        for name in names:
            assert len(list((desk.nas / name).glob("nightly-*.lm.age"))) == 1
        started = [run.process.start for (run,) in made if run.process]
        assert started == sorted(started)
        assert watch.processes <= SLOTS + 2  # the dispatcher, and one that begins as one ends
        assert 0 < watch.mebibytes < MOST_MEMORY
        for site in estate.sites:
            calls = site.device.calls.listed()
            assert sum(call.command == "backup" for call in calls) == 1
            assert all(call.beside == 0 for call in calls), "two calls at once"
            began = [call.at for call in calls]
            assert all(b - a >= 1 for a, b in zip(began, began[5:], strict=False))


STREAMS = """
import re, sys
from pathlib import Path
sys.path[:0] = ["tests"]
from agent.desk import Desk
from agent.jobs.test_loadmaster_faults import make
from agent.jobs.pulling import Pulling
def most():
    with open("/proc/self/status", encoding="ascii") as file:
        return int(re.search(r"VmHWM:\\s+([0-9]+)", file.read())[1]) // 1024
before = most()
make(Pulling(Desk(Path(sys.argv[1])), None), patient=True)
print(most() - before)
"""


def test_a_large_archive_is_never_held_in_memory(tmp_path: Path) -> None:
    with Estate(Order()) as estate:
        pulling = Pulling(Desk(tmp_path), estate.sites[0]).settle(base_every=2)
        pulling.device.switches.padding = 50_000_000
        for kind in ("full", "incremental"):
            words = [sys.executable, "-c", STREAMS, str(tmp_path)]
            ran = subprocess.run(words, capture_output=True, text=True, check=True)
            assert pulling.manifests()[-1]["kind"] == kind
            assert int(ran.stdout) < 40, "of an archive of 48 MiB"
