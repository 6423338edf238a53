"""A path into the YAML: ("definitions", 2, "schedule"), shown as definitions[2].schedule."""

from __future__ import annotations

Path = tuple[str | int, ...]


def show(path: Path) -> str:
    """Return a path as a person reads it."""
    text = ""
    for part in path:
        if isinstance(part, int):
            text += f"[{part}]"
        else:
            word = part if part.isprintable() else repr(part)[1:-1]
            text += f".{word}" if text else word
    return text
