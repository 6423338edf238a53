"""What it costs to be started: `holdfast --help` against a bare interpreter, and the peers."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from bench import peers
from bench.command import Command
from bench.contest import OURS, Contest, Goal, Measure

if TYPE_CHECKING:
    from pathlib import Path


def contest(work: Path) -> Contest:
    """Return the contest of showing help."""
    programs = peers.environment(work)
    folder = work / "startup"
    folder.mkdir(parents=True, exist_ok=True)
    commands = {
        OURS: Command((peers.holdfast(), "--help"), folder, says="plan"),
        "python": Command((sys.executable, "-c", "pass"), folder),
        "octodns": Command((str(programs / "octodns-sync"), "--help"), folder, says="usage"),
        "ansible": Command((str(programs / "ansible-playbook"), "--help"), folder, says="usage"),
        "pyinfra": Command((str(programs / "pyinfra"), "--help"), folder, says="Usage"),
    }
    return Contest("Help", commands, (Goal(Measure.WITHIN, 6, "python"),))
