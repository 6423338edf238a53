"""What changed between backups of LoadMasters, as text. Must not: compare or leave out."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from holdfast.engine.difference import CHANGED, UNCHANGED
from holdfast.views.words import clean

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from holdfast.engine.difference import Difference, MemberChange, ParameterChange
    from holdfast.engine.history import Entry

_SIGNS = {"added": "+", "removed": "-", "changed": "~", "attributes": "~"}


def diff(told: Difference) -> str:
    """Return the changes from one backup to another."""
    head = f"{clean(told.before)} → {clean(told.after)}: {_verdict(told)}\n"
    return head + "".join(f"  {line}\n" for line in _lines(told))


def log(entries: Iterable[Entry]) -> str:
    """Return each backup with what changed before it."""
    return "".join(_entry(entry) for entry in entries)


def row(told: Difference) -> dict[str, Any]:
    """Return the changes for JSON."""
    return {**asdict(told), "verdict": told.verdict}


def entry_row(entry: Entry) -> dict[str, Any]:
    """Return a backup of a log for JSON."""
    backup = entry.backup
    return {
        "backup": backup.name,
        "node": backup.node,
        "storage": backup.storage,
        "created": backup.created,
        "kind": backup.kind,
        "firmware": backup.firmware,
        "serial": backup.serial,
        "changes": None if entry.changes is None else row(entry.changes),
    }


def _entry(entry: Entry) -> str:
    backup = entry.backup
    words = (backup.created, backup.name, backup.firmware or "", backup.kind)
    head = "  ".join(clean(word) for word in words if word)
    if entry.changes is None:
        return f"{head}: the oldest there is\n"
    lines = "".join(f"  {line}\n" for line in _lines(entry.changes))
    return f"{head}: {_verdict(entry.changes)}\n{lines}"


def _verdict(told: Difference) -> str:
    if told.verdict == UNCHANGED:
        return "nothing changed"
    if told.verdict == CHANGED and told.problems:
        return "changed, and not all could be compared"
    return told.verdict


def _lines(told: Difference) -> Iterator[str]:
    yield from map(_member, told.members)
    yield from map(_parameter, told.parameters)
    for problem in told.problems:
        yield f"! {clean(problem)}"
    if told.masked and not told.problems:
        yield f"(masked by the device, not compared: {clean(', '.join(told.masked))})"


def _member(change: MemberChange) -> str:
    sizes = [f"{size} bytes" for size in (change.before, change.after) if size is not None]
    what = "attributes only" if change.change == "attributes" else " → ".join(sizes)
    passing = ", differs each time" if change.volatile else ""
    return f"{_SIGNS[change.change]} member {clean(change.name)}: {what}{passing}"


def _parameter(change: ParameterChange) -> str:
    values = (change.before, change.after)
    before, after = ("(unset)" if each is None else clean(each, 200) for each in values)
    sign = "+" if change.before is None else "-" if change.after is None else "~"
    passing = ", differs each time" if change.volatile else ""
    return f"{sign} parameter {clean(change.name)}: {before} → {after}{passing}"
