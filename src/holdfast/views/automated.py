"""A LoadMaster's own schedule to text and JSON, for `explain`. Must not: compute."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from holdfast.engine.automated import Automated

_DAYS = {
    "daily": "every day",
    "mon": "on Mondays",
    "tue": "on Tuesdays",
    "wed": "on Wednesdays",
    "thu": "on Thursdays",
    "fri": "on Fridays",
    "sat": "on Saturdays",
    "sun": "on Sundays",
}


def human(item: Automated) -> str:
    """Return the explanation for people."""
    return "\n".join(_lines(item)) + "\n"


def _lines(item: Automated) -> Iterator[str]:
    declared = item.schedule
    yield item.address
    yield f"  declared  {item.source}"
    yield f"  reached   through node {item.connector}"
    if declared.enable:
        time = f"{declared.hour:02}:{declared.minute:02}"
        yield f"  schedule  {_DAYS[declared.day]} at {time}, by the device's own clock"
    else:
        yield "  schedule  off, and kept off"
    if declared.host:
        goal = f"{declared.user or ''}@{declared.host}:{declared.path or ''}"
        yield f"  sent      by {declared.method} to {goal}"
    if declared.method == "ftp":
        yield "            in clear: whoever is on the way reads configuration and password"
    parts = [word for word, on in (("netstat", declared.netstat), ("top", declared.top)) if on]
    yield f"  with it   {' and '.join(parts) or 'no'} output"
    yield "  compared  all of this, with what the device says at each plan"
    secrets = " and ".join(item.secrets) or "none: what the device has is left as it is"
    yield f"  written   and never read back: {secrets}"


def as_json(item: Automated) -> str:
    """Return the explanation as JSON text."""
    document = {
        "address": item.address,
        "source": vars(item.source),
        "connector": item.connector,
        "schedule": item.schedule.model_dump(exclude={"password", "identity"}),
        "secrets": list(item.secrets),
    }
    return json.dumps(document, indent=2, sort_keys=True, ensure_ascii=False) + "\n"
