"""How the clocks of a definition's zone and of its node's relate, over a fixed span of years."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from functools import lru_cache
from typing import FrozenSet, List, NamedTuple, Tuple
from zoneinfo import ZoneInfo

from holdfast.agent.timing.instants import ClockChange, clock_changes

# Fixed, so that what is computed from it is the same every day. Beyond it the rules of today go on.
SPAN = range(2025, 2038)
_START = datetime(SPAN[0], 1, 1, tzinfo=timezone.utc)
_MINUTE = timedelta(minutes=1)
_STEP = timedelta(minutes=5)


class Window(NamedTuple):
    """A stretch of time, and the hours that the definition's clock shows in it."""

    start: datetime
    end: datetime
    hours: FrozenSet[int]


@lru_cache(maxsize=1024)
def changes(zone: str) -> Tuple[ClockChange, ...]:
    """Return the clock changes of a zone in the span."""
    return tuple(change for year in SPAN for change in clock_changes(zone, year))


@lru_cache(maxsize=4096)
def differences(zone: str, node_zone: str) -> Tuple[int, ...]:
    """Return by how many minutes the node's clock may be ahead, each difference once, ascending."""
    instants = [_START, *(change.instant for z in (zone, node_zone) for change in changes(z))]
    found = {_offset(node_zone, instant) - _offset(zone, instant) for instant in instants}
    return tuple(sorted(difference // _MINUTE for difference in found))


def _offset(zone: str, instant: datetime) -> timedelta:
    return instant.astimezone(ZoneInfo(zone)).replace(tzinfo=timezone.utc) - instant


def same_clock(zone: str, node_zone: str) -> bool:
    """Whether both clocks show the same throughout the span, as those of Prague and Berlin do."""
    return differences(zone, node_zone) == (0,)


@lru_cache(maxsize=1024)
def gaps(zone: str) -> Tuple[Window, ...]:
    """Return the end of each gap of a zone's clock, with the hours that it skips."""
    windows = []
    for change in changes(zone):
        skipped = _steps(change.instant + change.before, change.instant + change.after)
        if change.after > change.before:
            hours = frozenset(wall.hour for wall in skipped)
            windows.append(Window(change.instant, change.instant, hours))
    return tuple(windows)


@lru_cache(maxsize=4096)
def repeats(zone: str, node_zone: str, late: timedelta) -> Tuple[Window, ...]:
    """Return the stretches in which the node's clock shows a time for the second time.

    Their hours are those of the definition's clock from `late` before the stretch to its end.
    """
    windows = []
    for change in changes(node_zone):
        start, end = change.instant, change.instant + (change.before - change.after)
        if start < end:
            walls = (instant + _offset(zone, instant) for instant in _steps(start - late, end))
            windows.append(Window(start, end, frozenset(wall.hour for wall in walls)))
    return tuple(windows)


def _steps(first: datetime, last: datetime) -> List[datetime]:
    """Return times from first to last, so close that no hour between them is missed."""
    return [first + _STEP * i for i in range((last - first) // _STEP + 1)] + [last]
