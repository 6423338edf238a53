"""The safe order of writing a device's own backup schedule. Pure: says what to set, sets nothing.

While method, host, user or a secret change, the schedule is off: a backup that fired in between
would log in at one host with what is meant for another, or send it in clear.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Mapping, NamedTuple

from holdfast.agent.loadmaster.automated import BY_FIELD, ENABLE, PARAMETERS

if TYPE_CHECKING:
    from typing import Sequence

    Attributes = Mapping[str, object]

LOGIN = ("method", "host", "user")
SECRETS = {"password": "backuppassword", "identity": "backupident"}
VERSION = "%s_version"  # the attribute that tells which one the device was given


class Step(NamedTuple):
    """One `set`: a readable parameter with its text, or a secret by the name of its field."""

    parameter: str
    value: str = ""
    secret: str = ""


OFF, ON = (Step(BY_FIELD[ENABLE].name, BY_FIELD[ENABLE].write(value)) for value in (False, True))


def steps(before: Attributes, after: Attributes, secrets: Sequence[str]) -> list[Step]:
    """Return what leads from one state to another, no more than differs; `secrets` are fields."""
    fields = [p for p in PARAMETERS if p.field != ENABLE and before[p.field] != after[p.field]]
    made = [Step(p.name, p.write(after[p.field])) for p in fields]
    # The secrets belong to who logs in where: they follow, and all is there before it is enabled.
    logins = sum(p.field in LOGIN for p in fields)
    made[logins:logins] = [Step(SECRETS[field], secret=field) for field in secrets]
    was_on, is_on = before[ENABLE] is True, after[ENABLE] is True
    if was_on and (not is_on or logins or secrets):
        made.insert(0, OFF)
        was_on = False
    if is_on and not was_on:
        made.append(ON)
    return made
