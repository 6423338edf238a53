"""Status: how each definition fares, as its node tells, and what is wrong with that. Pure."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from holdfast.agent import timestamp
from holdfast.engine.decode import device, fitting, problem, silent, speaking
from holdfast.engine.members import Line, mapping, text, whole

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from holdfast.inventory.promise import Promise
    from holdfast.plan.actual import Device, Unread
    from holdfast.problem import Problem

# The entry that proves it fires once an hour; a crowded cron may be minutes late.
PROOF_EVERY = timedelta(minutes=75)
BAD = frozenset({"failed", "timeout", "unauthorized", "apiversion"})


@dataclass(frozen=True)
class Row:
    """One definition: its last run, its last good one, its next."""

    definition: str
    node: str
    status: str  # in the words of runs and definitions
    last: str
    last_good: str
    next: str
    backups: int | None  # None: its storage cannot be seen
    reason: str
    lost: int  # backups of which something is missing or altered
    waiting: int  # old backups that rotation may not remove before somebody agrees
    since: str  # when the definition was last written on its node
    expected: str  # the newest due instant since then whose backup must be there by now


@dataclass(frozen=True)
class NodeStatus:
    """One node's rows, and when cron last proved that it loads our file."""

    node: str
    rows: tuple[Row, ...]
    seen: datetime | None
    installed: datetime | None  # when the cron file was written; None: there is none
    problems: tuple[Problem, ...] = ()
    devices: Mapping[str, Device] = field(default_factory=dict)
    silent: tuple[Unread, ...] = ()

    @property
    def target(self) -> str:
        """The node, as an Actual names it."""
        return self.node


def node_status(node: str, lines: Iterable[Line]) -> NodeStatus:
    """Return what one node answered."""
    with fitting(node):
        by_type: dict[str, list[Line]] = defaultdict(list)
        for line in speaking(node, lines):
            by_type[line["type"]].append(line)
        cron = by_type["cron"][0] if by_type["cron"] else {"seen": None, "installed": None}
        return NodeStatus(
            node,
            tuple(_row(node, line) for line in by_type["status"]),
            _instant(cron, "seen"),
            _instant(cron, "installed"),
            tuple(problem(node, line) for line in by_type["problem"]),
            {text(line, "name"): device(line) for line in by_type["device"]},
            tuple(map(silent, by_type["silent"])),
        )


def _row(node: str, line: Line) -> Row:
    last = mapping(line, "last") if line["last"] else {}
    good = mapping(line, "last_good") if line["last_good"] else {}
    status = str(last.get("status") or "scheduled")
    if line["active"] is not True:
        status = "disabled"
    return Row(
        text(line, "definition"),
        node,
        status,
        str(last.get("ended") or last.get("started") or last.get("queued") or ""),
        str(good.get("ended") or ""),
        text(line, "next") if line["next"] else "",
        None if line["backups"] is None else whole(line, "backups"),
        str(last.get("reason") or ""),
        whole(line, "lost"),
        whole(line, "waiting"),
        text(line, "since"),
        text(line, "expected") if line["expected"] else "",
    )


def _instant(line: Line, member: str) -> datetime | None:
    return timestamp.from_text(text(line, member)) if line[member] else None


def findings(
    nodes: Sequence[NodeStatus], promises: Iterable[Promise], now: datetime
) -> tuple[str, ...]:
    """Return what a person must look at.

    That is: promises that their node knows nothing of, bad last runs, backups that are not there or
    not as they were stored, and cron files that cron does not load.
    """
    kept = {node.node: {row.definition for row in node.rows} for node in nodes}
    found = [
        f"{promise.id} is not on node {promise.node}: nothing backs it up until an apply"
        for promise in promises
        if promise.id not in kept.get(promise.node, {promise.id})
    ]
    for node in nodes:
        found += [
            f"{row.definition} on {row.node}: {row.status}: {row.reason}"
            for row in node.rows
            if row.status in BAD
        ]
        found += [
            f"{row.definition} on {row.node}: {what}" for row in node.rows for what in _of(row)
        ]
        if node.installed is not None and _silent(node.seen or node.installed, now):
            since = node.seen or node.installed
            word = "since" if node.seen else "although the file is there since"
            found.append(
                f"node {node.node}: cron has fired no entry of our file {word} "
                f"{timestamp.to_text(since)}: is cron running, and does it load the file?"
            )
    return tuple(found)


def _of(row: Row) -> Iterator[str]:
    """Yield what is wrong with a definition's backups, whatever its last run says of itself."""
    if row.lost:
        word = "backup is" if row.lost == 1 else "backups are"
        yield f"{row.lost} {word} lost or damaged: see `holdfast backup list --status lost`"
    if row.waiting:
        word = "backup waits" if row.waiting == 1 else "backups wait"
        how = f"see `holdfast retention preview {row.definition}`"
        yield f"{row.waiting} old {word} for somebody to agree to their removal: {how}"
    if row.status == "disabled":
        return
    if row.expected and row.last_good < row.expected:
        newest = f"the newest good run is of {row.last_good}" if row.last_good else "no good run"
        yield f"{newest}, though one was due at {row.expected}"
    elif row.backups == 0 and (row.expected or row.last_good > row.since):
        yield f"no good backup is left, though its run of {row.last_good} made one"


def _silent(since: datetime, now: datetime) -> bool:
    return now - since > PROOF_EVERY
