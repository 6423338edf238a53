"""One zfs-fuse for each process of tests, in mounts that only that process and its children see.

A daemon for all stands still for ever as soon as two programs mount at once: it reads what they
ask for from one pipe, in pieces that may lie in any order (0.7.0).
"""

from __future__ import annotations

import atexit
import ctypes
import functools
import os
import subprocess
import threading
import time
from pathlib import Path

OPENZFS = Path("/sys/module/zfs").exists()  # the kernel has ZFS itself
_CLONE_NEWNS = 0x00020000  # sched.h; Python has `os.unshare` from 3.12 on
# Its socket, its lock, and the list of pools that it would open once more.
_FOLDERS = ("/run/zfs", "/run/lock/zfs", "/var/lib/zfs")
_PATIENCE = 30.0
# It ends with the tests, whatever ends them.
_DAEMON = ("setpriv", "--pdeathsig", "KILL", "zfs-fuse", "--no-daemon", "--no-kstat-mount")


@functools.cache
def running() -> None:
    """Have zfs-fuse run for this process until it ends, unless there is OpenZFS."""
    if OPENZFS:
        return
    _part()
    quiet = subprocess.DEVNULL
    daemon = subprocess.Popen(_DAEMON, stdin=quiet, stdout=quiet, stderr=quiet)
    atexit.register(_end, daemon)
    end = time.monotonic() + _PATIENCE
    while subprocess.run(("zpool", "list"), capture_output=True, check=False).returncode:
        assert daemon.poll() is None, f"zfs-fuse ended with {daemon.returncode}"
        assert time.monotonic() < end, "zfs-fuse does not answer"
        time.sleep(0.05)


@functools.cache
def _part() -> None:
    """Give this process mounts of its own, where no other daemon's files are to be seen.

    The kernel does so for one thread; the others that tests start are that one's children.
    """
    assert threading.current_thread() is threading.main_thread()
    if ctypes.CDLL(None, use_errno=True).unshare(_CLONE_NEWNS):
        raise OSError(ctypes.get_errno(), "no mounts of its own for zfs-fuse")
    subprocess.run(("mount", "--make-rslave", "/"), check=True)
    for folder in _FOLDERS:
        os.makedirs(folder, exist_ok=True)
        subprocess.run(("mount", "-t", "tmpfs", "holdfast-tests", folder), check=True)


def _end(daemon: subprocess.Popen[bytes]) -> None:
    daemon.terminate()
    daemon.wait(_PATIENCE)
