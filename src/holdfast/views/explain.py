"""Explanation to text and JSON. Must not: compute."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime, timedelta

    from holdfast.engine.explain import ClockDay, Explanation

UTC = ZoneInfo("UTC")
SHOWN = 10  # fires on a clock-change day; an hourly job has 23 or 25
_PERIODS = {
    "hourly": "hour",
    "daily": "day",
    "weekly": "week",
    "monthly": "month",
    "yearly": "year",
}


def human(explanation: Explanation) -> str:
    """Return the explanation for people."""
    return "\n".join(_lines(explanation)) + "\n"


def _lines(item: Explanation) -> Iterator[str]:
    yield f"{item.id}"
    yield f"  declared  {item.source}"
    if item.read_from is not None:
        yield f"  read      from node {item.read_from}, over SSH; frozen and packed there"
    yield f"  stored    node {item.node}, storage {item.storage}"
    resolved = "" if item.written == item.schedule else f" (written `{item.written}`)"
    yield f"  schedule  {item.schedule} {item.zone}{resolved}"
    if item.both_days:
        yield "            day of month and day of week are both set: it fires on either"
    if not item.active:
        yield "            not active: installed, but nothing fires it"
    for rule in retention(item.retention):
        yield f"  keeps     {rule}"
    yield "  fires next"
    yield from (f"    {both(instant, item.zone)}" for instant in item.fires)
    if not item.clock_days:
        yield f"  the clock of {item.zone} does not change in the next twelve months"
    for day in item.clock_days:
        yield from _clock_day(day, item.zone)


def _clock_day(day: ClockDay, zone: str) -> Iterator[str]:
    local = day.change.astimezone(ZoneInfo(zone))
    word = "forward" if day.after > day.before else "back"
    minutes = abs(int((day.after - day.before).total_seconds())) // 60
    yield f"  on {local:%A %Y-%m-%d} the clock goes {word} by {minutes} min, to {local:%H:%M}"
    yield from (f"    {both(instant, zone)}" for instant in day.fires[:SHOWN])
    if len(day.fires) > SHOWN:
        yield f"    and {len(day.fires) - SHOWN} more"
    if not day.fires:
        yield "    it does not fire on that day"


def both(instant: datetime, zone: str) -> str:
    """Return an instant in a zone and in UTC."""
    local = instant.astimezone(ZoneInfo(zone))
    return (
        f"{local:%a %Y-%m-%d %H:%M} {_offset(local.utcoffset())}  =  {instant:%Y-%m-%d %H:%M} UTC"
    )


def _offset(offset: timedelta | None) -> str:
    minutes = int(offset.total_seconds()) // 60 if offset else 0
    return f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}"


def retention(counts: Mapping[str, int]) -> list[str]:
    """Return what a retention keeps, a sentence a rule."""
    words = []
    for key, count in counts.items():
        if key == "last":
            words.append(f"the newest {count}")
        else:
            words.append(f"the newest of each {_PERIODS[key]}, {count} of them")
    return words


def as_json(item: Explanation) -> str:
    """Return the explanation as JSON text."""
    document = {
        **vars(item),
        "source": vars(item.source),
        "fires": [_instant(instant) for instant in item.fires],
        "clock_days": [
            {
                "change": _instant(day.change),
                "before": int(day.before.total_seconds()),
                "after": int(day.after.total_seconds()),
                "fires": [_instant(instant) for instant in day.fires],
            }
            for day in item.clock_days
        ],
    }
    return json.dumps(document, indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def _instant(instant: datetime) -> str:
    return f"{instant.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
