"""Values that a node holds, typed where what is wanted builds on them: it may hold anything."""

from __future__ import annotations


def texts(value: object) -> frozenset[str]:
    """Return the texts of a list; none where it is no list."""
    items = value if isinstance(value, list) else []
    return frozenset(item for item in items if isinstance(item, str))


def whole(value: object) -> int:
    """Return a whole number; 0 where it is none."""
    return value if isinstance(value, int) and not isinstance(value, bool) else 0
