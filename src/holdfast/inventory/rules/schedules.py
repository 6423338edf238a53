"""Schedules: that each fires, and says what its author meant."""

from __future__ import annotations

import re
from collections import Counter
from functools import lru_cache
from typing import TYPE_CHECKING

from holdfast.agent.timing import schedule
from holdfast.inventory.finding import Finding
from holdfast.problem import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from holdfast.inventory.inventory import Inventory
    from holdfast.inventory.select import Resolved

# cron ignores a whole file of more than 10,000 lines; ours keeps clear of that.
_MOST_ENTRIES = 9_000
_DRAWN = re.compile(r"^\S+ \S+ .*\bH\b")
_EITHER = (
    "day-of-month and day-of-week are both set, so cron fires on either",
    "make one of them `*` if both must hold",
)


def schedules(inventory: Inventory, resolved: Sequence[Resolved]) -> Iterator[Finding]:
    """Find schedules that never fire, those that fire on either day, and too many on a node."""
    asked = {(i, definition.schedule, "") for i, definition in enumerate(inventory.definitions)}
    # An H in a day or month may fire for one id and never for another.
    asked = {each for each in asked if not _DRAWN.search(each[1])} | {
        (index, promise.definition.schedule, promise.id)
        for index, promise in resolved
        if _DRAWN.search(promise.definition.schedule)
    }
    for index, text, identity in asked:
        never, either = _verdict(text, identity)
        path = ("definitions", index, "schedule")
        if never:
            whose = f" for `{identity}`" if identity else ""
            yield Finding(path, f"never fires{whose}", "no month of it has such a day")
        if either:
            yield Finding(path, *_EITHER, Severity.WARNING)
    entries = Counter(each.promise.node for each in resolved if each.promise.definition.active)
    for node, count in entries.items():
        if count > _MOST_ENTRIES and node in inventory.nodes:
            what = f"{count:,} definitions need as many cron entries"
            hint = f"at most {_MOST_ENTRIES:,}: cron ignores longer files"
            yield Finding(("nodes", node), what, hint)


@lru_cache(maxsize=16_384)
def _verdict(text: str, identity: str) -> tuple[bool, bool]:
    """Return whether a schedule never fires, and whether both its day fields are set."""
    parsed = schedule.parse(text, identity)
    return schedule.never_fires(parsed), schedule.both_days(parsed)
