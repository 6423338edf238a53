"""Instants as the texts of our documents: `2026-11-21T03:30:00Z`. Must not: read a clock."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

_RUN = "%Y%m%dT%H%M%S.%fZ"
_LONG = len("20261121T033001.123456Z")
_STEP = timedelta(microseconds=1)


def to_text(instant: datetime) -> str:
    """Return an instant to the second, in UTC."""
    # strftime would not pad the year.
    return instant.astimezone(timezone.utc).replace(tzinfo=None).isoformat("T", "seconds") + "Z"


def from_text(text: str) -> datetime:
    """Return the instant that a text of ours names; raise ValueError for any other text."""
    # strptime would cost more to import than the whole rest of this module.
    instant = datetime.fromisoformat(text[:-1])
    if not text.endswith("Z") or instant.tzinfo is not None or "T" not in text:
        raise ValueError("not an instant of ours: %r" % text[:40])
    return instant.replace(tzinfo=timezone.utc)


def of_run(instant: datetime) -> str:
    """Return the name of a run that begins now: `20261121T033001.123456Z`."""
    return instant.astimezone(timezone.utc).strftime(_RUN)


def is_run(text: str) -> bool:
    """Tell whether a text has the form of a run's name."""
    figures = text[:8] + text[9:15] + text[16:22]
    return len(text) == _LONG and figures.isdigit() and text[8] + text[15] + text[22] == "T.Z"


def after_run(name: str) -> str:
    """Return the name that comes right after a run's."""
    return of_run(datetime.strptime(name, _RUN).replace(tzinfo=timezone.utc) + _STEP)
