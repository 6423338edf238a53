"""What cron would do at one minute with the cron files that are installed in the lab.

It stands in for cron only here, where the nodes are directories; it fires an entry only if the
entry stands in the file, just as cron would.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
from dataclasses import dataclass
from itertools import takewhile
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from holdfast.agent import facts
from holdfast.agent.timing import schedule
from holdfast.lab.nodes import LabError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from pathlib import Path

    from holdfast.agent.timing.schedule import Schedule

AGENT = "/opt/holdfast/holdfast-agent"
_TIMES = 5  # fields
_REDIRECTION = re.compile(r"[0-9&]*>")


@dataclass(frozen=True)
class Entry:
    """A line that cron would fire; in /etc/cron.d a user stands after the times."""

    line: str
    has_user: bool


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
        fixed = _times(node, entry)
        if local.minute in fixed.minutes and local.hour in fixed.hours and fixed.falls_on(local):
            yield _run(node, root, entry, instant)


def _entries(root: Path) -> Iterator[Entry]:
    """Yield the entries of every file in /etc/cron.d and of root's crontab, as cron reads them."""
    folder = root / "etc" / "cron.d"
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        if "." not in path.name:  # cron skips such names
            yield from (Entry(line, has_user=True) for line in _lines(path))
    crontab = root / "var" / "spool" / "cron" / "crontabs" / "root"
    if crontab.is_file():
        yield from (Entry(line, has_user=False) for line in _lines(crontab))


def _lines(path: Path) -> Iterator[str]:
    for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
        # The lab's nodes never boot, so what cron does then is not done.
        first = line.split(None, 1)[0] if line.strip() else "#"
        if not first.startswith(("#", "@reboot")) and "=" not in first:
            yield line


def _times(node: str, entry: Entry) -> Schedule:
    try:
        return schedule.parse(" ".join(entry.line.split(None, _TIMES)[:_TIMES]))
    except ValueError as error:
        raise LabError(f"{node}: the lab cannot fire `{entry.line}`: {error}") from error


def _run(node: str, root: Path, entry: Entry, instant: datetime) -> Fired:
    program, *arguments = _words(entry)
    if program != AGENT:
        raise LabError(f"{node}: the lab runs nothing but {AGENT}: {entry.line}")
    if "--due" in arguments:
        arguments += ["--at", f"{instant.astimezone(ZoneInfo('UTC')):%Y-%m-%dT%H:%M:%SZ}"]
    result = subprocess.run(
        [str(root) + AGENT, *arguments],
        # As cron gives it: what else this process knows, keys among it, is none of the agent's.
        env={"HOLDFAST_ROOT": str(root.resolve()), "PATH": os.defpath},
        capture_output=True,
        text=True,
        check=False,
    )
    return Fired(node, entry.line, result.returncode, (result.stdout + result.stderr).strip())


def _words(entry: Entry) -> list[str]:
    """Return the command's words up to where its output is sent, which is for us to show."""
    fields = entry.line.split(None, _TIMES + entry.has_user)
    words = shlex.split(fields[-1].replace("\\%", "%"))
    return list(takewhile(lambda word: not _REDIRECTION.match(word), words)) or [""]
