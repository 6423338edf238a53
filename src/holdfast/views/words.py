"""The words and signs that every view shares. Must not: decide or count."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from holdfast.plan.change import Action

if TYPE_CHECKING:
    from collections.abc import Mapping

    from holdfast.plan.change import Change
    from holdfast.plan.plan import Plan

SIGNS: Mapping[Action, str] = {
    Action.CREATE: "+",
    Action.UPDATE: "~",
    Action.DELETE: "-",
    Action.FORGET: ".",
    Action.REPLACE: "-/+",
    Action.NO_OP: "=",
}
MARKER = "<!-- holdfast plan -->"  # by which a bot finds its own comment again


def value(item: object) -> str:
    """Return an attribute's value for people: JSON, and (none) for what is not there."""
    return "(none)" if item is None else json.dumps(item, ensure_ascii=False)


def size(count: int) -> str:
    """Return bytes as people say them: 2.9 MiB."""
    amount = float(count)
    for unit in ("B", "KiB", "MiB", "GiB"):
        if amount < 1024:  # noqa: PLR2004
            return f"{count} B" if unit == "B" else f"{amount:.1f} {unit}"
        amount /= 1024
    return f"{amount:.1f} TiB"


def why(change: Change) -> str:
    """Return the labels of a change: `drift`, `change`, or both."""
    return ", ".join(sorted(change.causes, reverse=True))


def gist(change: Change) -> str:
    """Return what is made or taken away in one line; empty where the address says it all."""
    attributes = change.after or change.before or {}
    match change.address.kind:
        case "definition":
            return _promise(attributes)
        case "storage":
            return f"{attributes['kind']} {attributes['place']}"
        case "agent":
            return f"agent {str(attributes['sha256'])[:12]}"
        case "secret":
            return f"version {attributes['version']}"
        case _:
            return ""


def _promise(attributes: Mapping[str, object]) -> str:
    source = attributes["source"]
    place = source["place"] if isinstance(source, dict) else source
    retention = attributes["retention"]
    keep = (
        ", ".join(f"{k} {v}" for k, v in retention.items()) if isinstance(retention, dict) else ""
    )
    sealed = "encrypted" if attributes["encrypt_to"] else "not encrypted"
    rest = "" if attributes["active"] else ", disabled"
    return (
        f"{place} → {attributes['storage']}, {attributes['schedule']} {attributes['timezone']}, "
        f"keep {keep}, {sealed}{rest}"
    )


def totals(plan: Plan) -> str:
    """Return the closing line of a plan."""
    counts = plan.summary
    words = [
        (f"{counts.create} to create", True),
        (f"{counts.update} to update", True),
        (f"{counts.replace} to replace", counts.replace),
        (f"{counts.forget} to forget", True),
        (f"{counts.delete} to delete", counts.delete),
        (f"{counts.no_op} to record", counts.no_op),
        (f"{counts.unknown} unknown", counts.unknown),
    ]
    shown = ", ".join(text for text, wanted in words if wanted)
    return f"Plan: {shown}; backups lost: {counts.lost}."
