"""Rows to a plain table and to JSON. Must not: sort or leave rows out."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from holdfast.engine.status import NodeStatus
    from holdfast.engine.stock import Stored

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


def table(columns: Mapping[str, str], rows: Iterable[Mapping[str, object]]) -> str:
    """Return the rows under their headings; `columns` maps a member to its heading."""
    texts = [[_cell(row[key]) for key in columns] for row in rows]
    lines = [list(columns.values()), *texts]
    widths = [max(len(line[i]) for line in lines) for i in range(len(columns))]
    return "".join("  ".join(_padded(line, widths)).rstrip() + "\n" for line in lines)


def _cell(value: object) -> str:
    return "-" if value in ("", None) else str(value)


def _padded(line: Sequence[str], widths: Sequence[int]) -> list[str]:
    return [text.ljust(width) for text, width in zip(line, widths, strict=True)]


def status(nodes: Iterable[NodeStatus]) -> str:
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
    return table(columns, (asdict(row) for node in nodes for row in node.rows))


def stock(backups: Iterable[Stored]) -> str:
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
    return table(columns, ({**asdict(b), "remark": _remark(b)} for b in backups))


def _remark(backup: Stored) -> str:
    words = [backup.fault, "" if backup.owned else "unowned", "locked" if backup.locked else ""]
    return ", ".join(word for word in words if word)


def as_json(document: Mapping[str, Any]) -> str:
    """Return rows and what goes with them as JSON text."""
    return json.dumps(document, indent=2, sort_keys=True, ensure_ascii=False, default=str) + "\n"
