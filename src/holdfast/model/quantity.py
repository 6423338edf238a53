"""Sizes, rates and durations as people write them: 2TiB, 50MiB/s, 1h30m."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Annotated

from holdfast.model.scalar import Written, quote
from holdfast.model.wrong import Wrong

_SIZE = re.compile(r"(-?)([0-9]{1,18}(?:\.[0-9]{1,6})?) ?([A-Za-z]*)", re.ASCII)
_UNITS = {"": 1, "B": 1, "kB": 1000} | {
    unit: factor
    for power, letter in enumerate("KMGTPE", start=1)
    for unit, factor in ((f"{letter}B", 1000**power), (f"{letter}iB", 1024**power))
}
_DURATION = re.compile(r"(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?", re.ASCII)
_SECONDS = (86_400, 3_600, 60, 1)
_LONGEST_SECONDS = 366 * 86_400
_LARGEST = 2**63 - 1


def size(text: str) -> int:
    """Return the bytes that a size says; without a unit it is bytes."""
    match = _SIZE.fullmatch(text)
    if match is None or match[3] not in _UNITS:
        raise Wrong(f"{quote(text)} is not a size", "such as 100MB, 2TiB or a number of bytes")
    if match[1]:
        raise Wrong(f"{quote(text)} is negative", "a size is 0 or more")
    amount = Fraction(match[2]) * _UNITS[match[3]]
    if amount.denominator != 1 or amount > _LARGEST:
        raise Wrong(f"{quote(text)} is not a whole number of bytes below 8EiB")
    return int(amount)


def rate(text: str) -> int | None:
    """Return the bytes a second that a rate says; None for `off`."""
    if text == "off":
        return None
    number, _, second = text.partition("/")
    if second != "s" and not number.isdecimal():
        raise Wrong(f"{quote(text)} is not a rate", "such as 50MiB/s, or off")
    amount = size(number)
    if amount == 0:
        raise Wrong("0 would never end", "write off for no limit")
    return amount


def duration(text: str) -> int:
    """Return the seconds that a duration says: 90s, 30m, 1h30m, 2d, or 0."""
    if text == "0":
        return 0
    match = _DURATION.fullmatch(text)
    if not text or match is None:
        raise Wrong(f"{quote(text)} is not a duration", "such as 90s, 30m, 1h30m or 2d")
    parts = zip(match.groups(), _SECONDS, strict=True)
    seconds = sum(int(part) * factor for part, factor in parts if part)
    if seconds > _LONGEST_SECONDS:
        raise Wrong(f"{quote(text)} is more than a year")
    return seconds


def limit(text: str) -> int:
    """Return a duration that is not nothing."""
    seconds = duration(text)
    if seconds == 0:
        raise Wrong("0 would stop every run at once", "such as 30m or 4h")
    return seconds


_DURATION_SCHEMA = {
    "type": ["string", "integer"],
    "pattern": r"^(?=.)([0-9]+d)?([0-9]+h)?([0-9]+m)?([0-9]+s)?$|^0$",
    "minimum": 0,
    "maximum": 0,
}
_LIMIT_SCHEMA = {"type": "string", "pattern": r"^(?=.)([0-9]+d)?([0-9]+h)?([0-9]+m)?([0-9]+s)?$"}
_SIZE_SCHEMA = {
    "type": ["string", "integer"],
    "pattern": r"^[0-9]+(\.[0-9]+)? ?(kB|B|[KMGTPE]i?B)?$",
    "minimum": 0,
}
_RATE_SCHEMA = {
    "type": ["string", "integer"],
    "pattern": r"^(off|[0-9]+|[0-9]+(\.[0-9]+)? ?(kB|B|[KMGTPE]i?B)/s)$",
    "minimum": 1,
}

Size = Annotated[int, Written(size, _SIZE_SCHEMA)]
Rate = Annotated[int | None, Written(rate, _RATE_SCHEMA)]
Duration = Annotated[int, Written(duration, _DURATION_SCHEMA)]
Limit = Annotated[int, Written(limit, _LIMIT_SCHEMA)]
