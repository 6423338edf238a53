"""What cron is told, compared with what we would tell it. Must not: write."""

from __future__ import annotations

import os
import stat

from holdfast.agent.cron import cronmemo
from holdfast.agent.layout import Layout
from holdfast.agent.setup.node import CRONTAB, Node

OK, ABSENT = "ok", "absent"
MODE = 0o644
BYTES = "surrogateescape"  # text of others comes back byte for byte


class Table:
    """What cron is told; `verdict` is `ok`, `absent`, or how it differs from what we would write.

    `entries` are those of each definition; None when each is as its definition says.
    """

    def __init__(self, expected: str) -> None:
        self.expected = expected
        self.verdict = ABSENT
        self.entries: dict[str, tuple[str, ...]] | None = None
        self.fault = ""


def look(
    layout: Layout,
    settings: Node,
    definitions: dict[str, dict[str, object]],
    former: tuple[str, ...],
) -> Table:
    """Return what cron is told of these definitions."""
    wanted = entries(definitions)
    table = Table(OK if wanted else ABSENT)
    if settings.mode == CRONTAB:
        faults = _look_at_block(layout, settings, wanted, table)
    else:
        faults = _look_at_file(layout, settings, wanted, table)
    if table.verdict == OK and not wanted:
        faults.append("there although no definition is active")
    table.verdict = "; ".join(faults + _remains(layout, former)) or table.verdict
    return table


def entries(definitions: dict[str, dict[str, object]]) -> dict[str, tuple[str, ...]]:
    """Return the time fields by definition, of those that have an entry."""
    found = {}
    for identity, attributes in definitions.items():
        cron = attributes.get("cron")
        if isinstance(cron, list) and cron:
            found[identity] = tuple(map(str, cron))
    return found


def _look_at_file(
    layout: Layout, settings: Node, wanted: dict[str, tuple[str, ...]], table: Table
) -> list[str]:
    """Fill in the table from /etc/cron.d; return what is wrong."""
    try:
        with open(layout.cron_file, "rb") as file:
            content, status = file.read(), os.fstat(file.fileno())
    except FileNotFoundError:
        table.entries = {}
        return []
    table.verdict = OK
    faults = _faults(status, is_link=os.path.islink(layout.cron_file))
    if not cronmemo.knows(layout, settings.spread, wanted, content):
        from holdfast.agent.cron import crondiff, cronfile  # noqa: PLC0415 - only where they may differ

        text = content.decode(errors="replace")
        parsed = cronfile.parse_file(text, layout.inventory, settings.spread)
        faults += crondiff.differences(parsed, wanted)
        table.entries = parsed.entries
    return faults


def _look_at_block(
    layout: Layout, settings: Node, wanted: dict[str, tuple[str, ...]], table: Table
) -> list[str]:
    """Fill in the table from the crontab; return what is wrong."""
    from holdfast.agent import ownedblock  # noqa: PLC0415 - rare
    from holdfast.agent.cron import crondiff, cronfile, crontab  # noqa: PLC0415 - rare
    from holdfast.agent.failure import Failed  # noqa: PLC0415

    faults = []
    if os.path.lexists(layout.cron_file):
        faults.append("%s is there as well" % layout.cron_file)
    table.entries = {}
    try:
        text = crontab.read(layout).decode(errors=BYTES)
        lines = ownedblock.split_block(text, layout.inventory).lines
    except (ownedblock.BrokenBlock, Failed) as error:
        table.fault = "the crontab is left alone: %s" % error
        return [str(error)]
    if lines is not None:
        shown = [line.encode(errors=BYTES).decode(errors="replace") for line in lines]
        parsed = cronfile.parse_block(shown, layout.inventory, settings.spread)
        faults += crondiff.differences(parsed, wanted)
        table.entries, table.verdict = parsed.entries, OK
    return faults


def _faults(status: os.stat_result, *, is_link: bool) -> list[str]:
    """Return why cron ignores the file, whatever stands in it."""
    mode = stat.S_IMODE(status.st_mode)
    faults = []
    if is_link or not stat.S_ISREG(status.st_mode):
        faults.append("is not a plain file: cron may ignore it")
    if mode != MODE:
        faults.append("has mode %04o, not %04o: cron may ignore it" % (mode, MODE))
    if os.geteuid() == 0 and status.st_uid != 0:
        faults.append("is owned by user %d: cron ignores it" % status.st_uid)
    if status.st_nlink != 1:
        faults.append("has %d hard links: cron ignores it" % status.st_nlink)
    return faults


def _remains(layout: Layout, former: tuple[str, ...]) -> list[str]:
    """Return which cron files a killed rename of the inventory left behind."""
    older = [Layout(name, layout.root) for name in former if name != layout.inventory]
    return [
        "%s of the former id is still there" % each.cron_file
        for each in older
        if os.path.lexists(each.cron_file) and not os.path.isdir(each.etc)
    ]
