"""A world of the bench's own: its mounts, network and processes are seen by nobody and end with it.

The network has loopback alone, so a host is any address 127.0.0.x at port 22.
"""

from __future__ import annotations

import os
import subprocess
import sys

from bench.command import CommandError

INSIDE = "HOLDFAST_BENCH_PRIVATE"


def enter() -> None:
    """Start this very command again within namespaces of its own; once there, make them ready."""
    if os.environ.get(INSIDE):
        _make_ready()
        return
    if os.geteuid() != 0:
        raise CommandError(
            "`fleet` and `increment` need root (mounts, sshd, pools): leave them out"
        )
    os.environ[INSIDE] = "1"
    kinds = ("--mount", "--net", "--pid", "--fork", "--kill-child", "--mount-proc")
    argv = ("unshare", *kinds, sys.executable, "-m", "bench", *sys.argv[1:])
    os.execvp(argv[0], argv)  # noqa: S606 - to take our place, not to be our child, is the point


def _make_ready() -> None:
    """Bring loopback up; nothing of the machine's own daemons or pools is seen here."""
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    for folder in ("/run", "/var/lib/zfs"):
        os.makedirs(folder, exist_ok=True)
        subprocess.run(["mount", "-t", "tmpfs", "-o", "mode=755", "tmpfs", folder], check=True)
