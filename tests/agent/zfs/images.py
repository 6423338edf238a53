"""An image on a filesystem of ZFS, and a guest that goes on writing to it."""

from __future__ import annotations

import contextlib
import itertools
import os
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

from agent.desk import ID, Desk
from agent.freeze.scripted import FREEZE, Guest
from agent.queueing import wait
from agent.zfs.pools import pool, zfs
from agent.zfs.station import snapshots
from holdfast.agent.jobs import runs

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Iterator
    from pathlib import Path

    from holdfast.agent.jobs.runs import Run

_NUMBERS = itertools.count(1)
_BLOCK = 256 << 10
SIZE = 32 * _BLOCK
THEIRS = ["theirs"]  # of all that lies in the pool, what is not ours
AGENT = {"guest_agent": {"socket": "/vm.qga"}}


class Writing(Guest):
    """A guest that writes without end to its disk, but not while it is frozen.

    `then` is what the disk was when it was frozen last.
    """

    def __init__(self, root: Path, image: Path) -> None:
        super().__init__(root / "vm.qga")
        self.then = b""
        self._image = image
        self._turn = threading.Lock()
        self._writer = threading.Thread(target=self._write)

    def __enter__(self) -> Self:
        super().__enter__()
        self._writer.start()
        return self

    def __exit__(self, *exception: object) -> None:
        super().__exit__(*exception)
        self._writer.join()

    def _answer(self, command: str, arguments: dict[str, int]) -> bytes:
        with self._turn:
            if command == FREEZE:
                self.then = self._image.read_bytes()
            return super()._answer(command, arguments)

    def _write(self) -> None:
        with self._image.open("r+b", buffering=0) as file:
            for number in itertools.count():
                if self._over.wait(0.001):
                    return
                with self._turn:
                    if not self.frozen:
                        file.seek(number * _BLOCK % SIZE)
                        file.write(os.urandom(_BLOCK))


@dataclass(frozen=True)
class Ground:
    """A node whose image lies on a filesystem of its own in a pool."""

    desk: Desk
    dataset: str

    @property
    def image(self) -> Path:
        return self.desk.root / "images/web01.raw"

    @property
    def content(self) -> bytes:
        """Return what the newest backup holds."""
        return (self.desk.disk / str(self.desk.manifests()[-1]["file"])).read_bytes()

    def taken(self) -> list[str]:
        """Return the snapshots of the filesystem, and what else lies in the pool."""
        told = zfs("list", "-H", "-r", "-o", "name", self.dataset.partition("/")[0])
        others = set(told.split()) - {self.dataset, self.dataset.partition("/")[0]}
        return snapshots(self.dataset) + sorted(name for name in others if "@" not in name)

    def slow(self, seconds: int = 4, **changes: Any) -> None:
        """Define a backup that takes so long."""
        self.desk.define(bandwidth_limit=SIZE // seconds, **changes)

    @contextlib.contextmanager
    def reading(self, seconds: int = 4) -> Iterator[subprocess.Popen[str]]:
        """Start a run that takes so long, and give it once it reads from what it took."""
        self.slow(seconds)
        with self.desk.start("run", "prg", ID) as running:
            wait(self.desk.names)
            assert self.taken() != THEIRS
            yield running

    def run(self) -> Run:
        """Make one backup and return its run."""
        self.desk.run("run", "prg", ID)
        return runs.read(self.desk.layout, ID)[-1]


@contextlib.contextmanager
def on_zfs(folder: Path, root: Path) -> Iterator[str]:
    """Give a filesystem that is mounted where a node has its images."""
    with pool(folder, f"hi{os.getpid()}x{next(_NUMBERS)}") as name:
        zfs("create", "-o", f"mountpoint={root / 'images'}", f"{name}/vm")
        yield f"{name}/vm"


@contextlib.contextmanager
def settled(folder: Path) -> Iterator[Ground]:
    """Give a node with an image on ZFS, one definition, and a snapshot that somebody else took."""
    root = folder / "node"
    with on_zfs(folder, root) as dataset:
        desk = Desk(root).settle(content=os.urandom(SIZE))
        zfs("snapshot", f"{dataset}@{THEIRS[0]}")
        yield Ground(desk, dataset)
