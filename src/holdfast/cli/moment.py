"""Times as people write them on the command line."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import click

from holdfast.model import quantity
from holdfast.model.wrong import Wrong

_HINT = "such as 2026-11-01, 2026-11-01T02:00 or 7d"


def moment(text: str, sign: int) -> datetime:
    """Return the instant of a day, of an instant, or of a duration such as 7d.

    Without a zone it is in UTC; `sign` is 1 where 7d is in seven days, -1 where that is ago.
    """
    try:
        if text[:4].isdigit() and text[4:5] == "-":
            instant = datetime.fromisoformat(text)
            return (instant if instant.tzinfo else instant.replace(tzinfo=UTC)).astimezone(UTC)
        return datetime.now(UTC) + sign * timedelta(seconds=quantity.duration(text))
    except (ValueError, OverflowError, Wrong):
        raise click.BadParameter(f"{text!r} is no time ({_HINT})") from None
