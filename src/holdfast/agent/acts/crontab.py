"""What cron is told on this node, by whomever; `holdfast import crontab` shows it to a person."""

from __future__ import annotations

import glob
import os
import re
import shlex
from typing import TYPE_CHECKING, Iterator, NamedTuple

from holdfast.agent.cron import cronfile
from holdfast.agent.cron import crontab as table
from holdfast.agent.failure import Failed

if TYPE_CHECKING:
    from holdfast.agent.layout import Layout
    from holdfast.agent.protocol.request import Op, Request
    from holdfast.agent.setup.survey import Survey

    Line = dict[str, object]

_SETTING = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\s*=")
_TIMES = re.compile(r"(@[a-z]+|\S+(?:\s+\S+){4})\s+(.*)")
_FILE = re.compile(r"[A-Za-z0-9_-]+")  # cron skips every other name in /etc/cron.d
_PERIODS = ("hourly", "daily", "weekly", "monthly")
_LARGEST = 1 << 20
_MOST = 10_000  # as many lines as Debian's cron takes of a file


class Entry(NamedTuple):
    """One entry: the file that it stands in, when it fires, who runs what.

    `inventory` and `definition` say whose promise it is; empty where it is none of Holdfast's.
    """

    file: str
    times: str
    user: str
    command: str
    inventory: str
    definition: str


def crontab(survey: Survey, asked: Request, op: Op) -> Iterator[Line]:  # noqa: ARG001
    """Tell of every entry that can be read, and of the files that cannot."""
    entries: list[Entry] = []
    faults: list[str] = []
    for file, text, has_user in _tables(survey.layout, faults):
        entries += _entries(file, text, has_user)
    entries += _scripts(survey.layout)
    shown = [entry._asdict() for entry in entries[:_MOST]]
    if len(entries) > _MOST:
        faults.append("%d more entries are not shown" % (len(entries) - _MOST))
    yield {"type": "result", "entries": shown, "faults": faults}


def _tables(layout: Layout, faults: list[str]) -> Iterator[tuple[str, str, bool]]:
    """Yield the name and text of each table, and whether its entries name a user."""
    paths = ["/etc/crontab"]
    folder = layout.under("/etc/cron.d")
    names = sorted(os.listdir(folder)) if os.path.isdir(folder) else []
    paths += ["/etc/cron.d/" + name for name in names if _FILE.fullmatch(name)]
    for path in paths:
        text = _read(layout.under(path), path, faults)
        if text is not None:
            yield path, text, True
    try:
        own = table.read(layout).decode(errors="replace")
    except Failed as error:
        # A node with /etc/cron.d may have no program `crontab`, and then no table of a user.
        if table.exists(layout):
            faults.append(str(error))
        return
    yield "crontab of this user", own, False


def _read(path: str, shown: str, faults: list[str]) -> str | None:
    try:
        with open(path, "rb") as file:
            return file.read(_LARGEST).decode(errors="replace")
    except FileNotFoundError:
        return None
    except OSError as error:
        faults.append("%s: %s" % (shown, error.strerror))
        return None


def _entries(file: str, text: str, has_user: bool) -> Iterator[Entry]:  # noqa: FBT001
    for raw in text.split("\n"):
        line = raw.strip()
        match = None if line[:1] in ("", "#") or _SETTING.match(line) else _TIMES.match(line)
        if match is None:
            continue
        times, rest = " ".join(match[1].split()), match[2].strip()
        user, _, command = rest.partition(" ") if has_user else ("", "", rest)
        yield Entry(file, times, user, command.strip(), *_promise(command))


def _promise(command: str) -> tuple[str, str]:
    """Return the inventory and the ID that an entry of ours fires; our hourly one has no ID."""
    try:
        words = shlex.split(command.replace("\\%", "%"))
    except ValueError:
        return "", ""
    if words[:1] != [cronfile.AGENT] or len(words) < 3:  # noqa: PLR2004 - agent, verb, inventory
        return "", ""
    return words[2], words[3] if words[1] == "run" and words[3:] else ""


def _scripts(layout: Layout) -> Iterator[Entry]:
    """Yield the scripts that run-parts calls."""
    for period in _PERIODS:
        folder = "/etc/cron." + period
        for path in sorted(glob.glob(layout.under(glob.escape(folder)) + "/*")):
            if os.path.isfile(path) and os.access(path, os.X_OK):
                name = folder + "/" + os.path.basename(path)
                yield Entry(folder, "@" + period, "root", name, "", "")
