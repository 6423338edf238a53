"""Schedule: five cron fields, and the dates they mean. Must not: know of zones or clocks."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, FrozenSet, List, NamedTuple, Tuple

from holdfast.agent.timing import cronfield

if TYPE_CHECKING:
    from datetime import date

FIELDS = (
    cronfield.MINUTE,
    cronfield.HOUR,
    cronfield.DAY,
    cronfield.MONTH,
    cronfield.WEEKDAY,
)
_ORDER = "minute hour day-of-month month day-of-week"
_COUNTS = ("no", "one", "two", "three", "four", "five", "six", "seven")
_LONGEST = 400
_STARS = ("*", "*/1")
_ALIASES = {
    "@hourly": "0 * * * *",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@weekly": "0 0 * * 0",
    "@monthly": "0 0 1 * *",
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
}
_LENGTHS = {1: 31, 2: 29, 3: 31, 4: 30, 5: 31, 6: 30, 7: 31, 8: 31, 9: 30, 10: 31, 11: 30, 12: 31}


class Schedule(NamedTuple):
    """When something is due, in local time. Equal exactly when the canonical text is equal.

    `any_day` and `any_weekday` say that the field is a star, so that only the other one counts.
    """

    text: str
    minutes: FrozenSet[int]
    hours: FrozenSet[int]
    days: FrozenSet[int]
    months: FrozenSet[int]
    weekdays: FrozenSet[int]
    any_day: bool
    any_weekday: bool

    def falls_on(self, day: date) -> bool:
        """Whether a date is one of the schedule's; with both day fields set, either is enough."""
        if day.month not in self.months:
            return False
        by_day, by_weekday = day.day in self.days, day.isoweekday() % 7 in self.weekdays
        return by_day or by_weekday if both_days(self) else by_day and by_weekday


def parse(text: str, identity: str = "") -> Schedule:
    """Return the schedule of a text; `H` is drawn from the identity and never moves.

    The draw is the first 8 bytes of SHA-256 of "identity, newline, name of the field", modulo the
    range or the step. ValueError names everything that is wrong, in words for a person.
    """
    return _parse(text, identity if "H" in text else "")


@lru_cache(maxsize=16384)
def _parse(text: str, identity: str) -> Schedule:
    if len(text) > _LONGEST:
        raise ValueError(f"{len(text)} characters; a schedule has at most {_LONGEST}")
    words = text.split()
    if words and words[0].startswith("@"):
        raise ValueError(_alias(words[0].lower()))
    if len(words) != len(FIELDS):
        count = _COUNTS[len(words)] if len(words) < len(_COUNTS) else str(len(words))
        noun = "field" if len(words) == 1 else "fields"
        raise ValueError(f"{count} {noun}; a schedule has five: {_ORDER}")
    parts: List[FrozenSet[int]] = []
    wrong = []
    for position, field in enumerate(FIELDS):
        try:
            parts.append(_part(field, words[position], identity))
        except ValueError as error:
            wrong.append(str(error))
    if wrong:
        raise ValueError("; ".join(wrong))
    return _schedule(tuple(parts), words[2], words[4])


def _part(field: cronfield.Field, word: str, identity: str) -> FrozenSet[int]:
    if "H" in word:
        return cronfield.parse(field, word, _draw(identity, field.name))
    return _fixed(field, word)


@lru_cache(maxsize=4096)
def _fixed(field: cronfield.Field, word: str) -> FrozenSet[int]:
    return cronfield.parse(field, word, 0)


def _draw(identity: str, name: str) -> int:
    import hashlib  # noqa: PLC0415 - a run has no `H` any more, and this takes long to load

    digest = hashlib.sha256(f"{identity}\n{name}".encode()).digest()
    return int.from_bytes(digest[:8], "big")


@lru_cache(maxsize=16384)
def _schedule(parts: Tuple[FrozenSet[int], ...], day: str, weekday: str) -> Schedule:
    minutes, hours, days, months, weekdays = parts
    any_day, any_weekday = day in _STARS, weekday in _STARS
    if not any_day and not any_weekday:
        _refuse_star_steps(cronfield.DAY, day, days)
        _refuse_star_steps(cronfield.WEEKDAY, weekday, weekdays)
    # A day field that holds every value is a star, unless the other one narrows it down.
    every_day = len(days) == cronfield.DAY.high
    every_weekday = len(weekdays) == len(cronfield.WEEKDAY_NAMES)
    any_day = any_day or (every_day and (any_weekday or every_weekday))
    any_weekday = any_weekday or (every_weekday and any_day)
    text = " ".join(
        (
            cronfield.render(cronfield.MINUTE, minutes),
            cronfield.render(cronfield.HOUR, hours),
            "*" if any_day else cronfield.plain(days),
            cronfield.render(cronfield.MONTH, months),
            "*" if any_weekday else cronfield.plain(weekdays),
        )
    )
    return Schedule(text, minutes, hours, days, months, weekdays, any_day, any_weekday)


def _refuse_star_steps(field: cronfield.Field, word: str, numbers: FrozenSet[int]) -> None:
    """Raise for `*/2` and its like: some crons take it for a star, so that both fields must fit."""
    if "*" in word:
        right = cronfield.plain(numbers)
        raise ValueError(
            f"{field.name}: crons disagree on `{word}` beside another day field (write {right})"
        )


def _alias(word: str) -> str:
    if word not in _ALIASES:
        return f"`{word[:40]}` is not supported; a schedule has five fields: {_ORDER}"
    spread = ", or `H H * * *` to spread" if word in {"@daily", "@midnight"} else ""
    return f"`{word}` is not supported (write `{_ALIASES[word]}`{spread})"


def both_days(schedule: Schedule) -> bool:
    """Whether both day fields are set: cron then fires on either day."""
    return not (schedule.any_day or schedule.any_weekday)


def never_fires(schedule: Schedule) -> bool:
    """Whether no date of any year is one of the schedule's, as in `0 0 30 2 *`."""
    if schedule.any_day or not schedule.any_weekday:
        return False
    return all(min(schedule.days) > _LENGTHS[month] for month in schedule.months)
