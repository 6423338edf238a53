"""A small increment between two pools: ours from cron's start to the manifest, against syncoid."""

from __future__ import annotations

import os
import shutil
import time
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from bench import node
from bench.command import Command, run
from bench.contest import OURS, Contest, Goal, Measure

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

GOALS = (Goal(Measure.FASTER, 2, "syncoid"), Goal(Measure.MEMORY, 128))
NEAR, FAR = "benchnear", "benchfar"
MANIFESTS = f".holdfast/manifests/{node.SERVER}/disk1"
POOL = 1 << 30
INCREMENT = 100_000
# Started by process 1, which the bench is here, it would take itself for a daemon already.
START = "zfs-fuse --pidfile /run/zfs/pid && true"
FOLDERS = ("/run/zfs", "/run/lock/zfs")


def contests(work: Path) -> Iterator[Contest]:
    """Set up two pools on files; give the contests, whose first round sends what is there.

    Once ours counts until the manifest is there, once with what it tidies up after that, too.
    """
    folder = work / "increment"
    shutil.rmtree(folder, ignore_errors=True)
    ours = node.make(folder / OURS)
    for pool in (NEAR, FAR):
        _pool(folder, pool)
    for name in (OURS, "syncoid"):
        run(Command(("zfs", "create", f"{NEAR}/{name}"), folder))
        (folder / NEAR / name / "first").write_bytes(os.urandom(50 << 20))
    disk, storage = {"dataset": f"{NEAR}/{OURS}"}, {"dataset": f"{FAR}/{OURS}"}
    commands = {
        OURS: ours.apply(disk, storage, {"type": "dataset"}),
        "syncoid": Command(
            ("syncoid", "--no-privilege-elevation", f"{NEAR}/syncoid", f"{FAR}/syncoid"), folder
        ),
    }
    whole = {name: _changing(command, folder / NEAR / name) for name, command in commands.items()}
    manifests = folder / FAR / OURS / MANIFESTS
    manifests.mkdir(parents=True)
    job = f"ZFS increment of {INCREMENT // 1000} kB"
    to_manifest = {**whole, OURS: replace(whole[OURS], until=manifests)}
    yield Contest(f"{job}, ours until its manifest is there", to_manifest, GOALS)
    yield Contest(f"{job}, to the end of the process", whole)


def _changing(command: Command, mounted: Path) -> Command:
    """Return the command, before which the source changes each time."""
    return replace(command, prepare=partial(_change, mounted, command.prepare))


def _change(mounted: Path, then: Callable[[], None] | None) -> None:
    (mounted / "changing").write_bytes(os.urandom(INCREMENT))
    os.sync()
    time.sleep(1.1)  # syncoid fails within the second of its last snapshot
    if then:
        then()


def _pool(folder: Path, name: str) -> None:
    """Make a pool of a file, by a zfs-fuse of the bench's own."""
    if not Path("/run/zfs/zfs_socket").exists():
        for each in FOLDERS:
            Path(each).mkdir(parents=True, exist_ok=True)
        run(Command(("sh", "-c", START), folder))
    backing = folder / f"{name}.pool"
    with backing.open("wb") as file:
        file.truncate(POOL)
    run(Command(("zpool", "create", "-m", str(folder / name), name, str(backing)), folder))
