"""One field of a schedule: from text to numbers and back. Must not: know the other fields."""

from __future__ import annotations

import re
from typing import FrozenSet, Iterable, List, NamedTuple, Tuple


class Field(NamedTuple):
    """A field's name, its range, the names of its values, and where `H` may fall.

    `H` in day-of-month stays within 1-28, so that it comes every month.
    """

    name: str
    low: int
    high: int
    spread: Tuple[int, int]
    names: Tuple[str, ...] = ()


MONTH_NAMES = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
WEEKDAY_NAMES = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
MINUTE = Field("minute", 0, 59, (0, 59))
HOUR = Field("hour", 0, 23, (0, 23))
DAY = Field("day-of-month", 1, 31, (1, 28))
MONTH = Field("month", 1, 12, (1, 12), MONTH_NAMES)
WEEKDAY = Field("day-of-week", 0, 7, (0, 6), WEEKDAY_NAMES)

_ITEM = re.compile(
    r"(?:(?P<star>\*)|(?P<hash>H)(?:\((?P<from>[0-9A-Za-z]+)-(?P<to>[0-9A-Za-z]+)\))?"
    r"|(?P<first>[0-9A-Za-z]+)(?:-(?P<last>[0-9A-Za-z]+))?)(?:/(?P<step>[0-9]+))?"
)
_MANY = 3  # from here on a run or a progression is shorter than its list


def parse(field: Field, text: str, draw: int) -> FrozenSet[int]:
    """Return the numbers that a field's text stands for; 7 is day-of-week 0.

    `draw` is the stable number that places `H`. ValueError says in plain words what is wrong.
    """
    items = text.split(",")
    if "*" in items and len(items) > 1:
        raise ValueError(f"{field.name}: `*` stands beside other values (write `*` alone)")
    numbers = frozenset(number for item in items for number in _item(field, item, draw))
    return frozenset(n % 7 for n in numbers) if field is WEEKDAY else numbers


def _item(field: Field, item: str, draw: int) -> Iterable[int]:
    match = _ITEM.fullmatch(item)
    if not match:
        raise ValueError(
            f"{field.name}: `{item[:40]}` is not a number, name, list, range, step or H"
        )
    if match["star"]:
        low, high = field.low, 6 if field is WEEKDAY else field.high
    elif match["hash"]:
        low, high = field.spread
        if match["from"]:
            low, high = _range(field, match["from"], match["to"])
    else:
        low, high = _range(field, match["first"], match["last"] or match["first"])
        if match["step"] and not match["last"]:
            right = f"{low}-{field.high}/{match['step']}"
            raise ValueError(f"{field.name}: a step needs a range (write {right})")
    step = _step(field, match["step"], low, high)
    if match["hash"]:
        low += draw % (step or high - low + 1)
        high = high if step else low
    return range(low, high + 1, step or 1)


def _range(field: Field, first: str, last: str) -> Tuple[int, int]:
    low, high = _number(field, first), _number(field, last)
    if low > high == 0 and field is WEEKDAY:
        high = 7  # fri-sun
    if low > high:
        right = f"{low}-{field.high},{field.low}-{high}"
        raise ValueError(f"{field.name}: {first}-{last} runs backwards (write {right})")
    return low, high


def _step(field: Field, text: str | None, low: int, high: int) -> int:
    """Return the step, or 0 where none is written."""
    if text is None:
        return 0
    step = int(text)
    if step == 0:
        raise ValueError(f"{field.name}: a step of 0 never advances (1 or more)")
    if step > high - low:
        raise ValueError(f"{field.name}: a step of {step} leaves the range {low}-{high} at once")
    return step


def _number(field: Field, text: str) -> int:
    if text.isdigit():
        number = int(text)
        if field.low <= number <= field.high:
            return number
        raise ValueError(f"{field.name}: {number} is out of range {field.low}-{field.high}")
    if text.lower() in field.names:
        return field.names.index(text.lower()) + field.low
    known = f" (names are {field.names[0]}-{field.names[-1]})" if field.names else ""
    raise ValueError(f"{field.name}: `{text[:40]}` is not a value of this field{known}")


def render(field: Field, numbers: FrozenSet[int]) -> str:
    """Return the one text of these numbers, with `*` and `*/n` where they fit."""
    low, high = field.low, 6 if field is WEEKDAY else field.high
    ordered = sorted(numbers)
    step = _common_step(ordered)
    width = high - low + 1
    if step and ordered[0] == low and ordered[-1] + step > high and width % step == 0:
        return "*" if step == 1 else f"*/{step}"
    return plain(numbers)


def plain(numbers: FrozenSet[int]) -> str:
    """Return the one text of these numbers without a star, such as `0-23`.

    To cron a star is more than its numbers: it makes an entry follow clock changes in another way.
    """
    ordered = sorted(numbers)
    step = _common_step(ordered)
    if step > 1 and len(ordered) >= _MANY:
        return f"{ordered[0]}-{ordered[-1]}/{step}"
    return ",".join(_runs(ordered))


def _common_step(ordered: List[int]) -> int:
    """Return the step between all neighbours, or 0 where it differs or there is one number."""
    steps = {ordered[i] - ordered[i - 1] for i in range(1, len(ordered))}
    return steps.pop() if len(steps) == 1 else 0


def _runs(ordered: List[int]) -> List[str]:
    texts = []
    start = 0
    for end in range(1, len(ordered) + 1):
        if end < len(ordered) and ordered[end] == ordered[end - 1] + 1:
            continue
        run = ordered[start:end]
        texts += [f"{run[0]}-{run[-1]}"] if len(run) >= _MANY else [str(n) for n in run]
        start = end
    return texts
