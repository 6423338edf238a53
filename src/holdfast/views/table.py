"""Rows to a plain table and to JSON. Must not: sort or leave rows out."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from holdfast.agent import timestamp
from holdfast.views.words import clean, plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from holdfast.engine.preview import Preview
    from holdfast.engine.status import NodeStatus
    from holdfast.engine.stock import Stored
    from holdfast.views.words import Paint

LONGEST_CELL = 300
COLOURS = {
    "scheduled": "blue",
    "queued": "blue",
    "running": "blue",
    "success": "green",
    "ok": "green",
    "warning": "yellow",
    "pending": "yellow",
    "restore": "yellow",
    "failed": "red",
    "timeout": "red",
    "unauthorized": "red",
    "apiversion": "red",
    "lost": "red",
    "disabled": "bright_black",
    "canceled": "bright_black",
}


def table(
    columns: Mapping[str, str], rows: Iterable[Mapping[str, object]], paint: Paint = plain
) -> str:
    """Return the rows under their headings; `columns` maps a member to its heading.

    The word of a column `status` is coloured.
    """
    texts = [[_cell(row[key]) for key in columns] for row in rows]
    lines = [list(columns.values()), *texts]
    widths = [max(len(line[i]) for line in lines) for i in range(len(columns))]
    place = list(columns).index("status") if "status" in columns else -1
    return "".join(_line(line, widths, place, paint) for line in lines)


def _cell(value: object) -> str:
    return "-" if value in ("", None) else clean(value, LONGEST_CELL)


def _line(texts: Sequence[str], widths: Sequence[int], place: int, paint: Paint) -> str:
    padded = [text.ljust(width) for text, width in zip(texts, widths, strict=True)]
    padded[-1] = texts[-1]
    if texts[place] in COLOURS:
        padded[place] = paint(padded[place], COLOURS[texts[place]])
    return "  ".join(padded).rstrip() + "\n"


def status(nodes: Iterable[NodeStatus], paint: Paint = plain) -> str:
    """Return the table of definitions."""
    columns = {
        "definition": "DEFINITION",
        "node": "NODE",
        "status": "STATUS",
        "last": "LAST RUN",
        "last_good": "LAST GOOD",
        "next": "NEXT",
        "backups": "BACKUPS",
        "reason": "REASON",
    }
    return table(columns, (asdict(row) for node in nodes for row in node.rows), paint)


def stock(backups: Iterable[Stored], paint: Paint = plain) -> str:
    """Return the table of backups."""
    columns = {
        "name": "BACKUP",
        "node": "NODE",
        "storage": "STORAGE",
        "status": "STATUS",
        "created": "CREATED",
        "size": "BYTES",
        "sha256": "SHA-256",
        "remark": "REMARK",
    }
    shown = [{**asdict(b), "kind": b.kind, "remark": _remark(b)} for b in backups]
    if any(row["firmware"] for row in shown):
        of_loadmasters = {
            "serial": "SERIAL",
            "firmware": "FIRMWARE",
            "kind": "KIND",
            "verified": "VERIFIED",
        }
        columns = {**columns, **of_loadmasters, "remark": columns.pop("remark")}
    return table(columns, shown, paint)


def preview(told: Preview) -> str:
    """Return the table of what becomes of a definition's backups."""
    columns = {
        "name": "BACKUP",
        "created": "CREATED",
        "size": "BYTES",
        "fate": "FATE",
        "at": "WHEN",
        "reason": "REASON",
    }
    head = f"{told.definition} at {told.at}, after {told.made} more runs\n" if told.made else ""
    tail = f"{waiting(told)}\n" if told.waiting and not told.made else ""
    return head + table(columns, map(asdict, told.fates)) + tail


def waiting(told: Preview) -> str:
    """Return which backups wait for somebody's word, and how it is given."""
    one = len(told.waiting) == 1
    return (
        f"{len(told.waiting)} old {'backup waits' if one else 'backups wait'} for approval; "
        f"to let {'it' if one else 'them'} go, once the node has this retention by `apply`: "
        f"holdfast retention approve {told.definition} --accept {told.consent}"
    )


_FREEZES = {"frozen": "frozen", "failed": "freeze failed"}


def _remark(backup: Stored) -> str:
    doubtful = backup.consistency == "none"
    words = [
        backup.fault,
        f"increment of {backup.base}" if backup.base else "",
        "" if backup.owned else "unowned",
        "locked" if backup.locked else "",
        "consistency none" if doubtful else "",
        _FREEZES.get(backup.freeze or "", ""),
        backup.note,
    ]
    return ", ".join(word for word in words if word)


def _text(instant: datetime) -> str:
    return timestamp.to_text(instant)


def as_json(document: Mapping[str, Any]) -> str:
    """Return rows and what goes with them as JSON text."""
    return json.dumps(document, indent=2, sort_keys=True, ensure_ascii=False, default=_text) + "\n"
