"""The text of our file in /etc/cron.d and of our block in a crontab. Must not: touch the disk.

A person may have edited what is parsed: a line counts as an entry only if we would write it so.
"""

from __future__ import annotations

import re
import shlex
from itertools import takewhile
from typing import Dict, Iterable, List, Mapping, NamedTuple, Sequence, Tuple

from holdfast.agent.timing import schedule

AGENT = "/opt/holdfast/holdfast-agent"
# Debian's cron ignores a file of more than 10,000 lines as a whole, and cuts off a command after
# 1,000 characters.
MOST_LINES = 9000
_LONGEST = 800
_SETTINGS = (
    "SHELL=/bin/sh",
    "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    'MAILTO=""',
)
_NOTE = "# Written by Holdfast for inventory {}. Do not edit: an apply replaces this {}."
_IN_FILE = "root {}"
_IN_BLOCK = "{} >/dev/null 2>&1"
_AFTER_IDS = ("--due", ">/dev/null", "2>&1")
_TIMES = re.compile(r"(?:@reboot|[-0-9*,/]+(?: [-0-9*,/]+){4})")

Entries = Mapping[str, Sequence[str]]


class Parsed(NamedTuple):
    """What a cron file or block says.

    `entries` holds, by definition id, the five time fields of each entry, or `@reboot`, in the
    order of `ordered`; one that is not as we would write it stands there as its whole line.
    `foreign` are lines that are none of ours, and `missing` lines of ours, other than entries, that
    are not there. `intact` says that the text is byte for byte what we would write for these.
    """

    entries: Dict[str, Tuple[str, ...]]
    foreign: Tuple[str, ...]
    missing: Tuple[str, ...]
    intact: bool


def render_file(inventory: str, node: str, entries: Entries) -> str:
    """Return the whole file for /etc/cron.d; ValueError for what cron would not load."""
    lines = [*_file_head(inventory, node), *_lines(inventory, entries, _IN_FILE)]
    return _text(_checked(lines, entries))


def parse_file(text: str, inventory: str, node: str) -> Parsed:
    """Return what a file in /etc/cron.d says."""
    lines = text.split("\n")
    head = _file_head(inventory, node)
    parsed = _parse(lines, inventory, head, _IN_FILE)
    right = _text([*head, *_lines(inventory, parsed.entries, _IN_FILE)])
    return parsed._replace(intact=text == right)


def render_block(inventory: str, node: str, entries: Entries) -> Tuple[str, ...]:
    """Return the lines of our block in a user's crontab; ValueError for what cron would not load.

    It sets nothing, which would change what the lines below mean; so output is discarded.
    """
    lines = [*_block_head(inventory, node), *_lines(inventory, entries, _IN_BLOCK)]
    return tuple(_checked(lines, entries))


def parse_block(lines: Sequence[str], inventory: str, node: str) -> Parsed:
    """Return what our block in a user's crontab says."""
    head = _block_head(inventory, node)
    parsed = _parse(lines, inventory, head, _IN_BLOCK)
    right = [*head, *_lines(inventory, parsed.entries, _IN_BLOCK)]
    return parsed._replace(intact=list(lines) == right)


def _file_head(inventory: str, node: str) -> List[str]:
    return [
        _NOTE.format(inventory, "file"),
        *_SETTINGS,
        _seen(inventory, node, _IN_FILE),
    ]


def _block_head(inventory: str, node: str) -> List[str]:
    return [
        _NOTE.format(inventory, "block"),
        _seen(inventory, node, _IN_BLOCK),
    ]


def _seen(inventory: str, node: str, form: str) -> str:
    """Return the hourly entry that shows that cron has loaded us, at a minute of the node's own."""
    times = schedule.parse("H * * * *", f"{inventory} {node}").text
    return f"{times} " + form.format(_command("seen", inventory))


def ordered(times: Iterable[str]) -> List[str]:
    """Return the time fields of one definition's entries in our order, `@reboot` first."""
    return sorted(times, key=lambda each: (not each.startswith("@"), each))


def _lines(inventory: str, entries: Entries, form: str) -> Iterable[str]:
    """Yield an entry for all definitions that fire together: cron starts one process for them.

    Two hundred at once would be more memory than the work itself takes.
    """
    together: List[Tuple[str, List[str]]] = []
    latest: Dict[str, List[str]] = {}
    for definition, lines in sorted(entries.items()):
        for times in ordered(lines):
            ids = latest.get(times)
            if ids is None or sum(map(len, ids)) + len(ids) + len(definition) > _LONGEST:
                ids = latest[times] = []
                together.append((times, ids))
            ids.append(definition)
    for times, ids in together:
        yield f"{times} " + form.format(_command("run", inventory, *ids, "--due"))


def _command(*arguments: str) -> str:
    """Return the command for cron's shell; cron itself would turn a bare `%` into a newline."""
    return " ".join(shlex.quote(word) for word in (AGENT, *arguments)).replace("%", "\\%")


def _checked(lines: List[str], entries: Entries) -> List[str]:
    """Return the lines if cron loads them, all of them, as what they are meant to be."""
    if len(lines) > MOST_LINES:
        raise ValueError(
            f"{len(lines)} lines; cron ignores such a file (at most {MOST_LINES}: use fewer "
            "definitions on this node)"
        )
    for definition, each in entries.items():
        for times in each:
            if not _TIMES.fullmatch(times):
                raise ValueError(f"{definition}: `{times}` is neither five time fields nor @reboot")
    for line in lines:
        if not line.isprintable():
            raise ValueError(f"{line!r} holds characters that cannot stand in a cron entry")
    return lines


def _text(lines: Iterable[str]) -> str:
    return "".join(line + "\n" for line in lines)


def _parse(lines: Sequence[str], inventory: str, head: Sequence[str], form: str) -> Parsed:
    entries: Dict[str, List[str]] = {}
    foreign = []
    usual = _usual(inventory, form)
    for line in lines:
        match = usual.fullmatch(line)
        if match:
            for definition in match["definitions"].split(" "):
                entries.setdefault(definition, []).append(match["times"])
        elif line and line not in head:
            definitions = _definitions(line, inventory)
            if not definitions:
                foreign.append(line)
            for definition in definitions:
                times = _times(line, inventory, definitions, form)
                entries.setdefault(definition, []).append(times)
    missing = tuple(line for line in head if line not in lines)
    found = {definition: tuple(ordered(each)) for definition, each in entries.items()}
    return Parsed(found, tuple(foreign), missing, intact=False)


def _usual(inventory: str, form: str) -> re.Pattern[str]:
    """Return the pattern of an entry that needs no quoting: of nearly all, and 20 times faster."""
    command = re.escape(form.format(_command("run", inventory, "@", "--due")))
    word = "[-A-Za-z0-9_.:@]+"
    command = command.replace("@", f"(?P<definitions>{word}(?: {word})*)", 1)
    return re.compile(f"(?P<times>{_TIMES.pattern}) {command}")


def _definitions(line: str, inventory: str) -> Sequence[str]:
    """Return whose entry a line is, or was before somebody changed it or commented it out."""
    try:
        words = shlex.split(line.lstrip("# ").replace("\\%", "%"))
    except ValueError:
        return ()
    for i, word in enumerate(words):
        if word == AGENT and words[i + 1 : i + 3] == ["run", inventory]:
            return list(takewhile(lambda word: word not in _AFTER_IDS, words[i + 3 :]))
    return ()


def _times(line: str, inventory: str, definitions: Sequence[str], form: str) -> str:
    match = _TIMES.match(line)
    times = match[0] if match else ""
    right = form.format(_command("run", inventory, *definitions, "--due"))
    return times if line == f"{times} {right}" else line
