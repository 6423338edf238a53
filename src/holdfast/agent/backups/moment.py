"""When a backup was made: an instant of years in which there can have been one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from holdfast.agent import timestamp
from holdfast.agent.failure import Failed

if TYPE_CHECKING:
    from datetime import datetime

    from holdfast.agent.fields import Fields

_FIRST_YEAR, _LAST_YEAR = 1990, 2200


def instant(given: Fields, name: str) -> datetime:
    """Return the instant under a name of a document."""
    try:
        told = timestamp.from_text(given.text(name))
    except ValueError:
        raise given.refusal(name, "an instant such as 2026-11-21T03:30:00Z") from None
    if not _is_plausible(told):
        raise given.refusal(name, "an instant from %d to %d" % (_FIRST_YEAR, _LAST_YEAR))
    return told


def refuse_clock(now: datetime) -> None:
    """Raise Failed for a clock that was never set: its backups could not be read back."""
    if not _is_plausible(now):
        raise Failed("this node's clock says %s: set it" % timestamp.to_text(now))


def _is_plausible(told: datetime) -> bool:
    return _FIRST_YEAR <= told.year <= _LAST_YEAR
