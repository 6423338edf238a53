"""The words and signs that every view shares, and what makes strange words safe to show.

Must not: decide or count.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from holdfast.plan.change import Action
from holdfast.plan.resource import NODE

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from holdfast.plan.actual import Unread
    from holdfast.plan.change import Change
    from holdfast.plan.plan import Plan

    Paint = Callable[[str, str], str]  # text and colour name to text

SIGNS: Mapping[Action, str] = {
    Action.CREATE: "+",
    Action.UPDATE: "~",
    Action.DELETE: "-",
    Action.FORGET: ".",
    Action.REPLACE: "-/+",
    Action.NO_OP: "=",
}
MARKER = "<!-- holdfast plan -->"  # by which a bot finds its own comment again
LONGEST_LINE = 4000  # characters; JSON has the whole
_LATER = "(known after apply)"
_NAMED = 3  # definitions of a peer that are named in a line
LONGEST_VALUE = 1000


def plain(text: str, _colour: str) -> str:
    """Paint nothing: for files, pipes and NO_COLOR."""
    return text


def clean(item: object, longest: int = LONGEST_LINE) -> str:
    """Return text as one printable line: a node may send anything, and a terminal obeys escapes.

    Line breaks, control and direction characters are shown as escapes, what is too long is cut.
    """
    text = _cut(str(item), longest)
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else text[:longest] + "…"


def value(item: object) -> str:
    """Return an attribute's value for people: JSON, and (none) for what is not there."""
    if item is None:
        return "(none)"
    return _cut(json.dumps(item, ensure_ascii=False), LONGEST_VALUE)


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
    """Return what is made or taken away in one line; empty where the address says it all.

    What a node holds may lack anything: a person, or another version, wrote it.
    """
    attributes = change.after or change.before or {}
    if "damaged" in attributes:
        return f"damaged: {attributes['damaged']}"
    told = _GISTS.get(change.address.kind)
    return told(attributes) if told is not None else ""


def _lock(attributes: Mapping[str, object]) -> str:
    until = attributes.get("until")
    return f"{attributes.get('reason')}" + (f", until {until}" if until else "")


def _granted(attributes: Mapping[str, object]) -> str:
    """Return what a node may have here, and by which key."""
    granted = attributes.get("definitions")
    asked = sorted(granted) if isinstance(granted, dict) else []
    rest = f" and {len(asked) - _NAMED} more" if len(asked) > _NAMED else ""
    key = attributes.get("key") or _LATER
    return f"disks for {', '.join(asked[:_NAMED])}{rest}, key {key}"


def _automated(attributes: Mapping[str, object]) -> str:
    """Return what a device is to do; it is made only where nobody could see what it does now."""
    hour, minute = (str(attributes.get(part)).rjust(2, "0") for part in ("hour", "minute"))
    goal = f"{attributes.get('user')}@{attributes.get('host')}:{attributes.get('path') or ''}"
    text = f"{attributes.get('day')} at {hour}:{minute}, {attributes.get('method')} to {goal}"
    on = attributes.get("enable") is True
    return f"{text if on else 'off'}; what it has now: {_LATER}"


def _promise(attributes: Mapping[str, object]) -> str:
    source = attributes.get("source")
    place = source.get("place") if isinstance(source, dict) else source
    if peer := attributes.get("peer"):
        place = f"{peer}:{place}"
    retention = attributes.get("retention")
    keep = (
        ", ".join(f"{k} {v}" for k, v in retention.items()) if isinstance(retention, dict) else ""
    )
    if attributes.get("type") == "dataset":
        sealed = "encrypted only as its source is"
    else:
        sealed = "encrypted" if attributes.get("encrypt_to") else "not encrypted"
    rest = "" if attributes.get("active") else ", disabled"
    when = f"{attributes.get('schedule')} {attributes.get('timezone')}"
    return f"{place} → {attributes.get('storage')}, {when}, keep {keep}, {sealed}{rest}"


def _keys(attributes: Mapping[str, object]) -> str:
    keys = attributes.get("keys")
    return ", ".join(map(str, keys)) if isinstance(keys, list) and keys else _LATER


_GISTS: Mapping[str, Callable[[Mapping[str, object]], str]] = {
    "definition": _promise,
    "storage": lambda told: f"{told.get('kind')} {told.get('place')}",
    "agent": lambda told: f"agent {str(told.get('sha256'))[:12]}",
    "identity": lambda told: f"key {told.get('key') or _LATER}",
    "secret": lambda told: f"version {told.get('version')}",
    "loadmaster": lambda told: f"{told.get('host')} port {told.get('port')}",
    "peer": _granted,
    "known": lambda told: str(told.get("root") or told.get("address")),
    "signer": lambda told: f"signed by {_keys(told)}",
    "lock": _lock,
    "automated-backup": _automated,
}


def silent(plan: Plan) -> list[Unread]:
    """Return the far ends to name as not read; a device's one unknown resource has named it."""
    named = {item.address.far_end for item in plan.unknown if item.address.scope != NODE}
    return [item for item in plan.unread if item.target not in named]


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
