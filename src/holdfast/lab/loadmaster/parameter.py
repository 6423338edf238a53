"""One parameter of `get` and `set`: its kind, its range, and how it is shown."""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from holdfast.lab.loadmaster.answer import Commas, Refused, Verbatim

MASK = "********"


class Access(StrEnum):
    """Who may write a parameter, and how."""

    WRITE = "write"
    READ = "read"  # the device's own
    POST = "post"  # written only by POST


class Kind(Protocol):
    """What a parameter may hold."""

    def parse(self, text: str) -> str:
        """Return the text as the device keeps it; refuse a bad value."""

    def show(self, text: str) -> str | Commas:
        """Return the value as an answer shows it."""


@dataclass(frozen=True)
class Flag:
    """Yes or no."""

    def parse(self, text: str) -> str:
        """Take the spellings of a boolean that scripts in the field use."""
        return {"yes": "yes", "y": "yes", "1": "yes", "no": "no", "n": "no", "0": "no"}.get(
            text.lower()
        ) or _refuse()

    def show(self, text: str) -> str:
        """Return `yes` or `no`."""
        return text


@dataclass(frozen=True)
class Whole:
    """A whole number within a range."""

    low: int
    high: int

    def parse(self, text: str) -> str:
        """Refuse what lies outside the range."""
        # Not more digits than that: int() of thousands is an error of its own.
        if not (re.fullmatch(r"[0-9]{1,6}", text) and self.low <= int(text) <= self.high):
            _refuse()
        return str(int(text))

    def show(self, text: str) -> str:
        """Return its digits."""
        return text


@dataclass(frozen=True)
class Choice:
    """One of a few words, in exactly this case."""

    words: tuple[str, ...]

    def parse(self, text: str) -> str:
        """Refuse other words."""
        return text if text in self.words else _refuse()

    def show(self, text: str) -> str:
        """Return the word."""
        return text


@dataclass(frozen=True)
class Text:
    """Any text."""

    def parse(self, text: str) -> str:
        """Take it as it is."""
        return text

    def show(self, text: str) -> str:
        """Return it as it is, except that JSON makes a number of digits, as the device does."""
        return text


@dataclass(frozen=True)
class Exact(Text):
    """A text that JSON shows as a text, whatever it looks like."""

    def show(self, text: str) -> str:
        """Return it as it is."""
        return Verbatim(text)


@dataclass(frozen=True)
class Names:
    """A list of names with commas."""

    def parse(self, text: str) -> str:
        """Take it as it is."""
        return text

    def show(self, text: str) -> Commas:
        """Return the list."""
        return Commas(text.split(","))


@dataclass(frozen=True)
class Secret:
    """A text that is never shown again: asterisks, even when it is unset."""

    def parse(self, text: str) -> str:
        """Take it as it is, asterisks too: a client that writes a mask back has spoilt it."""
        return text

    def show(self, text: str) -> str:  # noqa: ARG002  # that is the point
        """Return asterisks."""
        return MASK


@dataclass(frozen=True)
class SecretFile(Secret):
    """A secret file, written as base64."""

    def parse(self, text: str) -> str:
        """Refuse what is not base64."""
        try:
            base64.b64decode(text, validate=True)
        except binascii.Error:
            _refuse()
        return text


@dataclass(frozen=True)
class Parameter:
    """A name in the device's own spelling, and what it may hold."""

    tag: str
    kind: Kind
    default: str | None = None
    access: Access = Access.WRITE

    def parse(self, text: str) -> str | None:
        """Return the value to keep; an empty one unsets, which brings the default back."""
        return self.kind.parse(text) if text else self.default

    def show(self, value: str | None) -> str | Commas | None:
        """Return the value for an answer; None where it is unset and no secret."""
        if value is None and not isinstance(self.kind, Secret):
            return None
        return self.kind.show(value or "")


def _refuse() -> str:
    raise Refused(422, "Unknown parameter value")
