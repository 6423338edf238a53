"""Firmware versions: four numbers that are compared, in a longer text."""

from __future__ import annotations

import re
from typing import NamedTuple

# `7.2.62`, `7.2.54.12`, or as a device says it: `7.2.54.12.22642.RELEASE`.
_VERSION = re.compile(r"([0-9]{1,5}(?:\.[0-9]{1,5}){2,3})(?:\.[0-9A-Za-z._-]{0,64})?")
_NUMBERS = 4


class Firmware(NamedTuple):
    """A version; it sorts by its numbers."""

    numbers: tuple[int, ...]
    text: str

    @classmethod
    def parse(cls, text: str) -> Firmware:
        """Return the version that a text names; raise ValueError for any other text."""
        match = _VERSION.fullmatch(text)
        if match is None:
            raise ValueError("no firmware version: %r" % text[:80])
        numbers = [int(number) for number in match[1].split(".")]
        return cls((*numbers, *[0] * (_NUMBERS - len(numbers))), text)


# The first official one with the JSON API.
JSON_SINCE = Firmware.parse("7.2.52")
