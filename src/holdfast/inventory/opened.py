"""A mapping or list of YAML while it is being read, and the marks of what is in it."""

from __future__ import annotations

from typing import Any

# A mark is `line << 32 | column`, from 0. That of a mapping or list stands under None.
Marks = dict[str | int | None, Any]


def mark_of(event: Any) -> int:
    """Return where an event of the parser begins."""
    start = event.start_mark
    return int(start.line << 32 | start.column)


class OpenList:
    """A list that is being read."""

    __slots__ = ("anchor", "inner", "marks", "value")
    wants_key = False

    def __init__(self, mark: int, anchor: str | None = None) -> None:
        self.value: list[Any] = []
        self.marks: Marks = {None: mark}
        self.anchor = anchor
        self.inner = 0  # values within its own mappings and lists

    @property
    def size(self) -> int:
        """How many values it is made of, itself left out."""
        return self.inner + len(self.value)

    @property
    def part(self) -> int:
        """The part of the path that is being read."""
        return len(self.value)

    def put(self, text: str | None, event: Any) -> None:
        """Take a scalar as the next item."""
        self.marks[len(self.value)] = mark_of(event)
        self.value.append(text)

    def hold(self, value: object, marks: Marks, size: int) -> None:
        """Take a mapping or list as the next item."""
        self.inner += size
        self.marks[len(self.value)] = marks
        self.value.append(value)


class OpenMapping:
    """A mapping that is being read; a key waits for its value, and its mark is the value's."""

    __slots__ = ("anchor", "inner", "key", "mark", "marks", "value", "wants_key")

    def __init__(self, mark: int, anchor: str | None = None) -> None:
        self.value: dict[str, Any] = {}
        self.marks: Marks = {None: mark}
        self.anchor = anchor
        self.inner = 0
        self.key = ""
        self.mark = mark
        self.wants_key = True

    @property
    def size(self) -> int:
        """How many values it is made of, itself left out."""
        return self.inner + len(self.value)

    @property
    def part(self) -> str | None:
        """The part of the path that is being read, if it is not the mapping itself."""
        return None if self.wants_key else self.key

    def put(self, text: str | None, _event: Any) -> None:
        """Take a scalar for the key that waits; its place is the key's."""
        self.wants_key = True
        self.value[self.key] = text
        self.marks[self.key] = self.mark

    def hold(self, value: object, marks: Marks, size: int) -> None:
        """Take a mapping or list for the key that waits; its place is the key's."""
        self.wants_key = True
        self.inner += size
        self.value[self.key] = value
        self.marks[self.key] = marks
        marks[None] = self.mark
