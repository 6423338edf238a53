"""What cron would do at one minute with the cron files that are installed in the lab.

It stands in for cron only here, where the nodes are directories; it fires an entry only if the
entry stands in the file, just as cron would.
"""

from __future__ import annotations

import os
import shlex
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from holdfast.agent import facts, schedule
from holdfast.lab.nodes import LabError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from pathlib import Path

AGENT = "/opt/holdfast/holdfast-agent"
_FIELDS = 6  # five of time and the user


@dataclass(frozen=True)
class Fired:
    """One entry that was run, and how it ended."""

    node: str
    entry: str
    code: int
    said: str


def tick(node: str, root: Path, instant: datetime) -> Iterator[Fired]:
    """Run the entries of a node that are due in the minute of `instant`, in the node's zone."""
    zone, _ = facts.zone(str(root))
    local = instant.astimezone(ZoneInfo(zone))
    for entry in _entries(root):
        *times, _user, command = entry.split(None, _FIELDS)
        fixed = schedule.parse(" ".join(times))
        if local.minute in fixed.minutes and local.hour in fixed.hours and fixed.falls_on(local):
            yield _run(node, root, entry, command, instant)


def _entries(root: Path) -> Iterator[str]:
    """Yield the entries of every file in /etc/cron.d, in cron's reading of them."""
    for path in sorted((root / "etc" / "cron.d").iterdir()):
        if "." in path.name:
            continue  # cron skips such names
        for line in path.read_text(encoding="utf-8").splitlines():
            if line.strip() and not line.startswith("#") and "=" not in line.split(None, 1)[0]:
                yield line


def _run(node: str, root: Path, entry: str, command: str, instant: datetime) -> Fired:
    program, *arguments = shlex.split(command.replace("\\%", "%"))
    if program != AGENT:
        raise LabError(f"{node}: the lab runs nothing but {AGENT}: {entry}")
    if "--due" in arguments:
        arguments += ["--at", f"{instant.astimezone(ZoneInfo('UTC')):%Y-%m-%dT%H:%M:%SZ}"]
    result = subprocess.run(
        [str(root) + AGENT, *arguments],
        env={**os.environ, "HOLDFAST_ROOT": str(root.resolve())},
        capture_output=True,
        text=True,
        check=False,
    )
    return Fired(node, entry, result.returncode, (result.stdout + result.stderr).strip())
