"""When: five fields and a time zone, as text known to be right. The rules are the agent's."""

from __future__ import annotations

import zoneinfo
from difflib import get_close_matches
from typing import Annotated

from holdfast.agent.timing import schedule as rules
from holdfast.model.scalar import Written, quote
from holdfast.model.wrong import Wrong


def schedule(text: str) -> str:
    """Return the five fields, single-spaced, `H` as it is: it is drawn by definition id later."""
    rules.parse(text)
    return " ".join(text.split())


def timezone(text: str) -> str:
    """Return the name of a zone that this machine's zone database knows."""
    try:
        zoneinfo.ZoneInfo(text)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        # A folder (`Europe`), a path or an odd byte end in the other two.
        near = get_close_matches(text, zoneinfo.available_timezones(), n=1)
        hint = f"did you mean `{near[0]}`?" if near else "such as Europe/Prague or UTC"
        raise Wrong(f"unknown time zone {quote(text)}", hint) from None
    return text


_SCHEDULE_SCHEMA = {"type": "string", "pattern": r"^\s*\S+(\s+\S+){4}\s*$"}
_TIMEZONE_SCHEMA = {"type": "string", "pattern": r"^[A-Za-z0-9_+-]+(/[A-Za-z0-9_+-]+)*$"}

Schedule = Annotated[str, Written(schedule, _SCHEDULE_SCHEMA)]
Timezone = Annotated[str, Written(timezone, _TIMEZONE_SCHEMA)]
