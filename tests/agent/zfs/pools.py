"""Real pools, on files."""

from __future__ import annotations

import contextlib
import subprocess
import time
from typing import TYPE_CHECKING

from agent.zfs import daemon

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SIZE = 256 << 20


def zfs(*words: str) -> str:
    """Run `zfs` and return what it says."""
    return run("zfs", *words).stdout


def guid_of(path: str) -> str:
    """Return the GUID of a dataset or snapshot."""
    return zfs("get", "-Hp", "-o", "value", "guid", path).strip()


def destroy_held(*paths: str) -> None:
    """Destroy snapshots that we hold, as somebody does who knows nothing of us."""
    for path in paths:
        zfs("release", "holdfast", path)
        zfs("destroy", path)


def is_there(dataset: str) -> bool:
    """Tell whether a dataset or snapshot exists."""
    done = subprocess.run(["zfs", "get", "type", dataset], capture_output=True, check=False)
    return done.returncode == 0


@contextlib.contextmanager
def pair(folder: Path, name: str) -> Iterator[tuple[str, str]]:
    """Make two pools, one for disks and one for their backups."""
    with pool(folder, name + "a") as source, pool(folder, name + "b") as target:
        yield source, target


@contextlib.contextmanager
def pool(folder: Path, name: str, size: int = SIZE) -> Iterator[str]:
    """Make a pool of a file in a folder, mounted beside it; destroy it in the end."""
    backing = folder / f"{name}.pool"
    with backing.open("wb") as file:
        file.truncate(size)
    daemon.running()
    run("zpool", "create", "-m", str(folder / name), name, str(backing))
    try:
        yield name
    finally:
        patiently("zpool", "destroy", "-f", name)


def export(name: str) -> None:
    """Let go of a pool, whose file may then be read and altered; `find` brings it back."""
    patiently("zpool", "export", name)


def find(name: str, folder: Path) -> None:
    """Bring back a pool from its file in a folder."""
    run("zpool", "import", "-d", str(folder), name)


def patiently(*words: str) -> None:
    """Do what a pool may be too busy for while a host that boots has a copy of its mounts."""
    end = time.monotonic() + 60
    while subprocess.run(words, capture_output=True, check=False).returncode:
        assert time.monotonic() < end, f"{' '.join(words)}: the pool stays busy"
        time.sleep(0.1)


def run(*words: str) -> subprocess.CompletedProcess[str]:
    """Run a program that must do well."""
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{' '.join(words)}: {done.stderr}"
    return done
