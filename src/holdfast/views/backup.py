"""One backup as text. Must not: decide anything about it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from holdfast.views.words import clean, size

if TYPE_CHECKING:
    from collections.abc import Iterator

    from holdfast.engine.stock import Stored


_OF_APPLIANCES = {
    "serial": "serial number",
    "firmware": "firmware",
    "hostname": "hostname",
    "role": "HA role",
    "certificate": "certificate",
}


def show(backup: Stored) -> str:
    """Return all that is known of a backup, a member a line."""
    rows = [(word, text) for word, text in _rows(backup) if text]
    width = max(len(word) for word, _ in rows)
    lines = (f"  {word.ljust(width)}  {clean(text)}\n" for word, text in rows)
    return clean(backup.name) + "\n" + "".join(lines)


def _rows(backup: Stored) -> Iterator[tuple[str, str]]:
    told: dict[str, Any] = backup.manifest or {}
    owner = "" if backup.owned else " (no definition of today counts it as its own)"
    yield "status", backup.status + (f": {backup.fault}" if backup.fault else "")
    yield "node", f"{backup.node}, storage {backup.storage}"
    yield "definition", (backup.definition + owner).strip()
    yield "created", backup.created
    yield "type", backup.type
    yield "file", backup.file or ""
    if backup.file is not None:  # else nobody can tell
        yield "encrypted", "yes" if backup.is_encrypted else "no"
    yield "raw", "as ZFS encrypts the disk" if told.get("raw") is True else ""
    yield "children", ", ".join(told["children"]) if isinstance(told.get("children"), dict) else ""
    yield "consistency", backup.consistency
    yield "guest freeze", backup.freeze or ""
    yield "kind", backup.kind
    yield "base", backup.base or ""
    yield from _appliance(told.get("loadmaster"))
    yield "sequence", str(backup.sequence)
    for what in ("content", "stored"):
        total = told.get(what)
        if isinstance(total, dict) and isinstance(total.get("size"), int):
            yield what, f"{size(total['size'])}, SHA-256 {total.get('sha256')}"
    yield "run", str(told.get("run", ""))
    for lock in backup.locks:
        until = f" until {lock.until}" if lock.until else ""
        by = f", {lock.owner}" if lock.owner else ""
        yield "locked", f"by {lock.origin}{until}: {lock.reason}{by}"
    yield "note", backup.note
    yield "verified", backup.verified or "never"


def _appliance(told: object) -> Iterator[tuple[str, str]]:
    """Yield what a LoadMaster told of itself, and what its archive is."""
    if not isinstance(told, dict):
        return
    for member, word in _OF_APPLIANCES.items():
        yield word, str(told.get(member, ""))
    archive = told.get("archive")
    if isinstance(archive, dict):
        yield "members", str(archive.get("members", ""))
        changed = archive.get("changed")
        yield "changed", "yes" if changed else "no" if changed is False else ""
        volatile = archive.get("volatile")
        yield "differs each time", ", ".join(map(str, volatile or ()))
    parts = told.get("parts")
    yield "with it", ", ".join(sorted(parts)) if isinstance(parts, dict) else ""
