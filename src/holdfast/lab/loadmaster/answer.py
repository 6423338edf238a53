"""What a command gives back, as values that both APIs can write; and how it refuses."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeAlias


class Verbatim(str):
    """A text that JSON shows as a text, even if it looks like a number or a yes."""

    __slots__ = ()


class Commas(tuple[str, ...]):
    """A list that XML shows with commas in it and JSON as an array."""

    __slots__ = ()


Tree: TypeAlias = "str | Commas | list[Tree] | dict[str, Tree]"


@dataclass(frozen=True)
class Done:
    """Nothing but success."""

    message: str = "Command completed ok"


@dataclass(frozen=True)
class Values:
    """Values by tag, in order; a list repeats its tag. `json` is where JSON's shape differs."""

    tags: dict[str, Tree]
    json: dict[str, Tree] | None = None


@dataclass(frozen=True)
class File:
    """Bytes to download: raw in XML's API, base64 in JSON's."""

    name: str
    content: bytes = field(repr=False)


Answer: TypeAlias = Done | Values | File


class Refused(Exception):
    """The device refuses, with an HTTP status and its own words."""

    def __init__(self, status: int, message: str) -> None:
        self.status = status
        self.message = message
        super().__init__(f"{status} {message}")
