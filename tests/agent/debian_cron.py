"""A model of Debian's cron: which entries it starts at which instant, also when it wakes late.

Written from cron(8) and the main loop of cron 3.0pl1 (`virtualTime` and its four kinds of wake-up),
and from nothing of ours: entries are read here anew, field by field, as that cron reads them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

MINUTE = timedelta(minutes=1)
LATE = 5
JUMP = 3 * 60
RANGES = ((0, 59), (0, 23), (1, 31), (1, 12), (0, 7))


def numbers(text: str, low: int, high: int) -> frozenset[int]:
    found: set[int] = set()
    for item in text.split(","):
        span, _, step = item.partition("/")
        first, _, last = (f"{low}-{high}" if span == "*" else span).partition("-")
        found.update(range(int(first), int(last or first) + 1, int(step or 1)))
    assert found
    assert min(found) >= low
    assert max(found) <= high
    return frozenset(found)


@dataclass(frozen=True)
class Entry:
    """One line as cron holds it: the bits of each field, and where it saw a star."""

    fields: tuple[frozenset[int], ...]
    wild: bool
    day_star: bool

    @classmethod
    def read(cls, line: str) -> Entry:
        minute, hour, day, month, weekday = line.split(" ")
        words = (minute, hour, day, month, weekday)
        return cls(
            tuple(numbers(word, *span) for word, span in zip(words, RANGES, strict=True)),
            wild=minute.startswith("*") or hour.startswith("*"),
            day_star=day.startswith("*") or weekday.startswith("*"),
        )

    def matches(self, local: datetime) -> bool:
        minutes, hours, days, months, weekdays = self.fields
        if local.minute not in minutes or local.hour not in hours or local.month not in months:
            return False
        day = local.day in days
        weekday = local.isoweekday() in weekdays or (local.isoweekday() == 7 and 0 in weekdays)
        return (day and weekday) if self.day_star else (day or weekday)


@dataclass
class Cron:
    """The loop: `virtual` is the local minute up to which all entries have run."""

    entries: tuple[Entry, ...]
    virtual: datetime

    def wake(self, running: datetime) -> Iterator[Entry]:
        """Wake at a local minute and yield the entries that are started now."""
        behind = (running - self.virtual) // MINUTE
        if 0 < behind <= LATE:
            yield from self._catch_up(running, lambda _: True)
        elif LATE < behind <= JUMP:
            yield from (e for e in self.entries if e.wild and e.matches(running))
            yield from self._catch_up(running, lambda entry: not entry.wild)
        elif -JUMP < behind <= 0:
            yield from (e for e in self.entries if e.wild and e.matches(running))
        else:
            self.virtual = running
            yield from (e for e in self.entries if e.matches(running))

    def _catch_up(self, running: datetime, kind: Callable[[Entry], bool]) -> Iterator[Entry]:
        while self.virtual < running:
            self.virtual += MINUTE
            yield from (e for e in self.entries if kind(e) and e.matches(self.virtual))


def firings(
    lines: Iterable[str], zone: str, wakes: Iterable[datetime]
) -> Iterator[tuple[datetime, int]]:
    """Yield for each wake-up (UTC, whole minutes, ascending) how many entries it starts."""
    clock = ZoneInfo(zone)
    cron: Cron | None = None
    for wake in wakes:
        local = wake.astimezone(clock).replace(tzinfo=None, fold=0)
        cron = cron or Cron(tuple(Entry.read(line) for line in lines), local - MINUTE)
        yield wake, sum(1 for _ in cron.wake(local))


def prompt(first: datetime, last: datetime) -> Iterator[datetime]:
    """Yield the wake-ups of a cron that is never late."""
    assert first.tzinfo is UTC
    while first <= last:
        yield first
        first += MINUTE


def sleepy(first: datetime, last: datetime, naps: Iterable[int]) -> Iterator[datetime]:
    """Yield wake-ups, each as many minutes too late as the naps say, then prompt ones."""
    for nap in naps:
        first += MINUTE * nap
        if first > last:
            return
        yield first
        first += MINUTE
    yield from prompt(first, last)
