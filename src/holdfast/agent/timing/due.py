"""The due rule: which instant a run that cron started is to serve. Must not: read the clock."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Optional

from holdfast.agent.timing.instants import fires

if TYPE_CHECKING:
    from datetime import datetime

    from holdfast.agent.timing.schedule import Schedule

# A late or crowded cron starts its jobs minutes after their time.
GRACE = timedelta(minutes=10)
_TICK = timedelta(microseconds=1)
_FIRST_LOOK = timedelta(hours=1)


def due(
    schedule: Schedule, zone: str, served: Optional[datetime], now: datetime, catch_up: int
) -> Optional[datetime]:
    """Return the newest due instant that is past, not served and not too old, or None.

    Too old is older than `catch_up` seconds or GRACE, whichever is longer. `served` is what
    `trusted` let through; None means that nothing was served yet.
    """
    floor = now - max(timedelta(seconds=catch_up), GRACE) - _TICK
    if served is not None:
        floor = max(floor, served)
    # Looks back in growing steps: the newest instant is near, the floor may be weeks away.
    look = _FIRST_LOOK
    while True:
        after = max(floor, now - look)
        found = list(fires(schedule, zone, after, now))
        if found or after == floor:
            return found[-1] if found else None
        look *= 4


def trusted(served: Optional[datetime], now: datetime) -> Optional[datetime]:
    """Return the recorded instant, or None for one that the clock has yet to reach.

    Such a record was made while the clock was wrong, and would hold back every run until then. The
    caller reports it. A clock that was set back by less than GRACE is no reason to serve twice.
    """
    if served is not None and served > now + GRACE:
        return None
    return served
