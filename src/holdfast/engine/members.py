"""Members of an agent's line, typed: LookupError or TypeError where it is not of the protocol."""

from __future__ import annotations

from typing import Any, cast

Line = dict[str, Any]


def text(line: Line, member: str) -> str:
    """Return a text."""
    return cast("str", _typed(line[member], str, member))


def whole(line: Line, member: str) -> int:
    """Return a whole number, and no boolean."""
    value = line[member]
    if isinstance(value, bool):
        raise TypeError(member)
    return cast("int", _typed(value, int, member))


def truth(line: Line, member: str) -> bool:
    """Return a boolean."""
    return cast("bool", _typed(line[member], bool, member))


def mapping(line: Line, member: str) -> Line:
    """Return an object."""
    return cast("Line", _typed(line[member], dict, member))


def texts(line: Line, member: str) -> list[str]:
    """Return a list of texts."""
    listed = cast("list[object]", _typed(line[member], list, member))
    return [cast("str", _typed(item, str, member)) for item in listed]


def file_of(backup: str, name: str) -> str:
    """Return the name of a file of a backup; a path, or another one, is none: it is written to."""
    stem = backup.rpartition("/")[2]
    if not stem or "/" in name or not name.startswith(stem + ".") or not name.isprintable():
        raise TypeError(f"{name!r} is no file of {stem}")
    return name


def _typed(value: object, kind: type, member: str) -> object:
    if not isinstance(value, kind):
        raise TypeError(f"`{member}` is no {kind.__name__}")
    return value
