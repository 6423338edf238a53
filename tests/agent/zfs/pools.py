"""Real pools, on files, by zfs-fuse: started when it does not run, ended with the last pool."""

from __future__ import annotations

import contextlib
import fcntl
import os
import signal
import subprocess
import time
from pathlib import Path
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_FOLDERS = ("/etc/zfs", "/var/run/zfs", "/var/lock/zfs")
_LOCK = "/var/lock/zfs/holdfast-tests"
SIZE = 256 << 20


def zfs(*words: str) -> str:
    """Run `zfs` and return what it says."""
    return run("zfs", *words).stdout


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
    with daemon():
        run("zpool", "create", "-m", str(folder / name), name, str(backing))
        try:
            yield name
        finally:
            patiently("zpool", "destroy", "-f", name)


@contextlib.contextmanager
def daemon() -> Iterator[None]:
    """Have zfs-fuse run; whoever uses it holds a shared lock, and the last one ends it."""
    for each in _FOLDERS:
        Path(each).mkdir(parents=True, exist_ok=True)
    with open(_LOCK, "w") as lock, open(_LOCK + ".start", "w") as starting:
        fcntl.flock(starting, fcntl.LOCK_EX)
        fcntl.flock(lock, fcntl.LOCK_SH)
        if not _answers():
            _start()
        fcntl.flock(starting, fcntl.LOCK_UN)
        try:
            yield
        finally:
            fcntl.flock(starting, fcntl.LOCK_EX)
            fcntl.flock(lock, fcntl.LOCK_UN)
            _end_if_last(lock)


def _end_if_last(lock: IO[str]) -> None:
    """End the daemon that a test started, once no other test holds the lock."""
    pid = Path(_LOCK + ".pid")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return
    if pid.exists():
        number = int(pid.read_text())
        pid.unlink()
        os.kill(number, signal.SIGTERM)
        _wait_for_end(number)


def _wait_for_end(number: int) -> None:
    end = time.monotonic() + 60
    while _answers():
        assert time.monotonic() < end, f"zfs-fuse {number} does not end"
        time.sleep(0.05)


def export(name: str) -> None:
    """Let go of a pool, whose file may then be read and altered; `find` brings it back."""
    patiently("zpool", "export", name)


def find(name: str, folder: Path) -> None:
    """Bring back a pool from its file in a folder."""
    run("zpool", "import", "-d", str(folder), name)


def patiently(*words: str) -> None:
    """Do what a pool may be too busy for while another test has a copy of its mounts.

    That is a moment where a host boots, and minutes where another system is built.
    """
    end = time.monotonic() + 600
    while subprocess.run(words, capture_output=True, check=False).returncode:
        assert time.monotonic() < end, f"{' '.join(words)}: the pool stays busy"
        time.sleep(0.1)


def _answers() -> bool:
    done = subprocess.run(["zpool", "list", "-H"], capture_output=True, check=False)
    return done.returncode == 0


def _start() -> None:
    """Start the daemon; the one before it may not answer any more and yet hold its lock."""
    end = time.monotonic() + 30
    while not _answers():
        assert time.monotonic() < end, "zfs-fuse does not answer"
        Path(_LOCK + ".pid").unlink(missing_ok=True)  # it starts beside no other's number
        subprocess.run(["zfs-fuse", "--pidfile", _LOCK + ".pid"], capture_output=True, check=False)
        time.sleep(0.2)


def run(*words: str) -> subprocess.CompletedProcess[str]:
    """Run a program that must do well."""
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{' '.join(words)}: {done.stderr}"
    return done
