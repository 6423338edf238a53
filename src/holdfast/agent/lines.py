"""The lines that an agent answers with, one function a type. Must not: write them anywhere."""

from __future__ import annotations


def resource(kind: str, name: str, attributes: object, applied: object) -> dict[str, object]:
    """Return what is there and what was last applied: True when that is the same.

    Attributes are None for what was applied once and is there no more.
    """
    return {
        "type": "resource",
        "kind": kind,
        "name": name,
        "attributes": attributes,
        "applied": True if applied == attributes else applied,
    }


def problem(
    kind: str, name: str, what: str, hint: str = "", *, severity: str = "error"
) -> dict[str, object]:
    """Return something that a person must know of; kind and name say of which resource."""
    return {
        "type": "problem",
        "kind": kind,
        "name": name,
        "what": what,
        "hint": hint,
        "severity": severity,
    }


def outcome(
    kind: str, name: str, status: str, message: str = "", attributes: object = None
) -> dict[str, object]:
    """Return how one op ended: done, failed, stale or skipped, and what is there now."""
    return {
        "type": "outcome",
        "kind": kind,
        "name": name,
        "status": status,
        "message": message,
        "attributes": attributes,
    }
