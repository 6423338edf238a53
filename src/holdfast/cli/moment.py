"""Times as people write them on the command line."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import click

from holdfast.model import quantity
from holdfast.model.wrong import Wrong

_HINT = "such as 2026-11-01, 2026-11-01T02:00 or 7d"


class Moment(click.ParamType[datetime]):
    """The instant of a day, of an instant, or of a duration such as 7d.

    Without a zone it is in UTC; `sign` is 1 where 7d is in seven days, -1 where that is ago.
    """

    name = "time"

    def __init__(self, sign: int) -> None:
        self._sign = sign

    def convert(
        self, value: str, param: click.Parameter | None, ctx: click.Context | None
    ) -> datetime:
        """Return the instant."""
        try:
            if value[:4].isdigit() and value[4:5] == "-":
                instant = datetime.fromisoformat(value)
                return (instant if instant.tzinfo else instant.replace(tzinfo=UTC)).astimezone(UTC)
            return datetime.now(UTC) + self._sign * timedelta(seconds=quantity.duration(value))
        except (ValueError, OverflowError, Wrong):
            self.fail(f"{value!r} is no time ({_HINT})", param, ctx)


PAST, FUTURE = Moment(-1), Moment(1)
