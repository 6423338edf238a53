"""When a schedule is due, found the slow way: each minute of UTC is looked at.

A minute is due if its local time matches and has not been shown before; so is the first minute
after a gap if any of the skipped local minutes matches.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from collections.abc import Callable

MINUTE = timedelta(minutes=1)
# Looked at before the first minute of interest, so that a repeated time is known as such.
MEMORY = timedelta(hours=4)


def _numbers(text: str, low: int, high: int) -> frozenset[int]:
    return frozenset(range(low, high + 1) if text == "*" else map(int, text.split(",")))


def _matcher(fields: str) -> Callable[[datetime], bool]:
    """Return whether five fields of stars, numbers and lists match a local time."""
    words = fields.split(" ")
    minutes, hours, days, months, weekdays = (
        _numbers(word, *span)
        for word, span in zip(words, ((0, 59), (0, 23), (1, 31), (1, 12), (0, 6)), strict=True)
    )
    either = words[2] != "*" and words[4] != "*"

    def matches(local: datetime) -> bool:
        if local.minute not in minutes or local.hour not in hours or local.month not in months:
            return False
        by_day, by_weekday = local.day in days, local.isoweekday() % 7 in weekdays
        return (by_day or by_weekday) if either else (by_day and by_weekday)

    return matches


@lru_cache(maxsize=64)
def due_instants(fields: str, zone: str, first: datetime, last: datetime) -> tuple[datetime, ...]:
    """Return every due minute from first to last, both included."""
    assert first.tzinfo is UTC
    clock, matches = ZoneInfo(zone), _matcher(fields)
    found = []
    instant = first - MEMORY
    reached = instant.astimezone(clock).replace(tzinfo=None) - MINUTE
    while instant <= last:
        local = instant.astimezone(clock).replace(tzinfo=None, fold=0)
        new = False
        while reached < local:  # one minute, or all that a gap skips, or none in a repeated hour
            reached += MINUTE
            new = matches(reached) or new
        if new and instant >= first:
            found.append(instant)
        instant += MINUTE
    return tuple(found)
