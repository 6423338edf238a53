"""Versions of the firmware, and what each brought."""

from __future__ import annotations

import re
from dataclasses import dataclass

DEFAULT = "7.2.63.2"
JSON_SINCE = (7, 2, 52)
ACME_SINCE = (7, 2, 61)  # before: listlecert and getlecert
_BUILD = "22900.RELEASE"


@dataclass(frozen=True)
class Firmware:
    """A version as the device writes it, such as `7.2.54.12.22642.RELEASE`."""

    text: str

    @classmethod
    def parse(cls, text: str) -> Firmware:
        """Return the version of `7.2.63`, `7.2.63.2` or the whole text; ValueError for others."""
        if re.fullmatch(r"\d+(\.\d+){4}\.[A-Z]+", text):
            return cls(text)
        if not re.fullmatch(r"\d+(\.\d+){2,3}", text):
            raise ValueError(f"{text!r} is no firmware version such as {DEFAULT}")
        return cls(f"{text if text.count('.') == len('...') else text + '.0'}.{_BUILD}")

    @property
    def numbers(self) -> tuple[int, ...]:
        """The four numbers that are compared."""
        return tuple(int(number) for number in self.text.split(".")[:4])
