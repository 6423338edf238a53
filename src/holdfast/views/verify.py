"""Verifications as lines and rows. Must not: count or judge."""

from __future__ import annotations

from typing import TYPE_CHECKING

from holdfast.views.words import clean, size

if TYPE_CHECKING:
    from holdfast.engine.verify import Check


def line(check: Check) -> str:
    """Return what came of one verification, for people."""
    if check.error:
        said = f"not verified: {check.error}"
    elif check.fault:
        said = f"{'NOT PROVEN' if check.doubted else 'LOST'}: {check.fault}"
    else:
        seen = "stored bytes and content" if check.content else "stored bytes"
        said = f"ok: {seen}, {size(check.bytes)}"
    return clean(f"{check.backup.name} on {check.backup.node}: {said}")


def row(check: Check) -> dict[str, object]:
    """Return what came of one verification, for programs."""
    return {
        "name": check.backup.name,
        "node": check.backup.node,
        "storage": check.backup.storage,
        "bytes": check.bytes,
        "content": check.content,
        "fault": check.fault,
        "error": check.error,
    }
