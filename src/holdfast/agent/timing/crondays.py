"""The day, month and weekday fields of a cron entry, moved to the days before or after.

Needed where a local time falls on another date in the node's zone. The result may hold days too
many and never one too few: an entry fires more often than it is due.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, FrozenSet, NamedTuple

from holdfast.agent.timing import cronfield

if TYPE_CHECKING:
    from holdfast.agent.timing.schedule import Schedule

_SHORTEST_MONTH = 28
_LONGEST_MONTH = 31


class _Days(NamedTuple):
    days: FrozenSet[int]
    months: FrozenSet[int]
    weekdays: FrozenSet[int]
    any_day: bool
    any_weekday: bool

    def may_be(self, edge: FrozenSet[int]) -> bool:
        """Whether a matching date may have one of these days of the month."""
        return self.any_day or not self.any_weekday or bool(self.days & edge)


_LAST_DAYS = frozenset(range(_SHORTEST_MONTH, _LONGEST_MONTH + 1))
_FIRST_DAY = frozenset([1])


@lru_cache(maxsize=16384)
def day_fields(schedule: Schedule, later: int) -> str:
    """Return day, month and weekday fields that match `later` days after each of the dates."""
    dates = _Days(
        schedule.days, schedule.months, schedule.weekdays, schedule.any_day, schedule.any_weekday
    )
    for _ in range(later):
        dates = _following(dates)
    for _ in range(-later):
        dates = _preceding(dates)
    every_day = dates.any_weekday and len(dates.days) == _LONGEST_MONTH
    return " ".join(
        (
            "*" if dates.any_day or every_day else cronfield.plain(dates.days),
            cronfield.render(cronfield.MONTH, dates.months),
            "*" if dates.any_weekday else cronfield.plain(dates.weekdays),
        )
    )


def _following(dates: _Days) -> _Days:
    days = frozenset(d + 1 for d in dates.days if d < _LONGEST_MONTH)
    months = dates.months
    if dates.days & _LAST_DAYS:
        days |= _FIRST_DAY
    if dates.may_be(_LAST_DAYS):
        months |= frozenset(m % 12 + 1 for m in months)
    weekdays = frozenset((w + 1) % 7 for w in dates.weekdays)
    return dates._replace(days=days, months=months, weekdays=weekdays)


def _preceding(dates: _Days) -> _Days:
    days = frozenset(d - 1 for d in dates.days if d > 1)
    months = dates.months
    if dates.days & _FIRST_DAY:
        days |= _LAST_DAYS
    if dates.may_be(_FIRST_DAY):
        months |= frozenset((m - 2) % 12 + 1 for m in months)
    weekdays = frozenset((w - 1) % 7 for w in dates.weekdays)
    return dates._replace(days=days, months=months, weekdays=weekdays)
