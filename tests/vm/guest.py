"""Guest: a virtual server whose disk is an image on this machine, and what it does with it."""

from __future__ import annotations

import contextlib
import subprocess
from typing import TYPE_CHECKING

from agent.desk import ID, Desk
from holdfast.agent.freeze.qga import Qga
from holdfast.agent.jobs import runs
from vm import image
from vm.machine import Machine

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from holdfast.agent.jobs.runs import Run

SOCKET = "guest-agent"
# A file system that is written to all the time; in memory stands how often.
WRITES = """\
mkfs.ext4 -q /dev/vdb && mkdir /data && mount /dev/vdb /data && cat >/run/writes <<'END'
while sleep 0.05; do
  n=$((n + 1)); echo $n >/data/count; sync /data/count; echo $n >/run/count
done
END
systemd-run --quiet --unit=writes sh /run/writes
"""


class Guest:
    """A server that runs, and the desk that backs its disk up."""

    def __init__(self, machine: Machine, desk: Desk) -> None:
        self.machine = machine
        self.desk = desk

    def back_up(self, asked: str) -> Run:
        """Make one backup with a freeze and return its run."""
        self.define(asked)
        self.desk.run("run", "prg", ID)
        return runs.read(self.desk.layout, ID)[-1]

    def define(self, asked: str) -> None:
        self.desk.define(freeze=asked, guest_agent={"socket": f"/{SOCKET}"}, timeout=600)

    def status(self) -> str:
        """Return what the guest agent tells of its file systems: `frozen` or `thawed`."""
        return str(Qga(str(self.desk.root / SOCKET)).ask("guest-fsfreeze-status", 60, 60))

    def writes(self) -> int:
        """Return how often the guest has written so far."""
        return int(self.machine.run("cat /run/count"))

    def goes_on(self) -> bool:
        """Tell whether the guest writes on from now."""
        before = self.writes()
        self.machine.run("sleep 2")
        return self.writes() > before


@contextlib.contextmanager
def running(folder: Path) -> Iterator[Guest]:
    """Start a guest whose disk lies in a folder that can reflink."""
    desk = Desk(folder).settle(content=bytes(64 << 20))
    with Machine(image.build(), disks=[folder / "images/web01.raw"]) as machine:
        machine.run(WRITES)
        (folder / SOCKET).symlink_to(machine.guest_agent)
        yield Guest(machine, desk)


def is_clean(backup: Path) -> bool:
    """Tell whether a file system was still when it was read: no journal waits to be replayed."""
    told = subprocess.run(
        ["dumpe2fs", "-h", str(backup)], capture_output=True, text=True, check=True
    )
    return "needs_recovery" not in told.stdout
