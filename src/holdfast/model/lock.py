"""Lock: a mark that keeps a backup from rotation and deletion."""

import re
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated

from pydantic import Field

from holdfast.model.scalar import NAME, Label, Written, line, quote
from holdfast.model.strict import Strict
from holdfast.model.wrong import Wrong

_BACKUP = re.compile(rf"({NAME})(?::([1-9][0-9]?))?/({NAME})-([0-9]{{8}}_[0-9]{{6}})")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


@dataclass(frozen=True, slots=True)
class BackupName:
    """The full name of a backup: `web01:1/daily-20261121_020000`."""

    source: str
    disk: int | None
    definition: str
    time: str

    @property
    def id(self) -> str:
        """The definition that made it: `daily@web01:1`."""
        disk = "" if self.disk is None else f":{self.disk}"
        return f"{self.definition}@{self.source}{disk}"

    def __str__(self) -> str:
        _, _, source = self.id.partition("@")
        return f"{source}/{self.definition}-{self.time}"


def backup(text: str) -> BackupName:
    """Return the name that text is, if its time can have been."""
    match = _BACKUP.fullmatch(text)
    hint = "such as web01:1/daily-20261121_020000"
    if match is None:
        raise Wrong(f"{quote(text)} is not the name of a backup", hint)
    source, disk, definition, time = match.groups()
    try:
        datetime.strptime(f"{time}+0000", "%Y%m%d_%H%M%S%z")
    except ValueError:
        raise Wrong(f"{quote(time)} is no date and time", hint) from None
    return BackupName(source, int(disk) if disk else None, definition, time)


def day(text: str) -> date:
    """Return the day that YYYY-MM-DD says, if another comes after it."""
    try:
        last = date.fromisoformat(text if _DAY.fullmatch(text) else "")
    except ValueError:  # 2027-02-30 has the shape and is no day
        raise Wrong(f"{quote(text)} is not a day", "such as 2027-11-01") from None
    if last == date.max:
        raise Wrong(f"{quote(text)} never ends", "leave `until` out for a lock without end")
    return last


Backup = Annotated[
    BackupName, Written(backup, {"type": "string", "pattern": f"^{_BACKUP.pattern}$"})
]
Day = Annotated[date, Written(day, {"type": "string", "pattern": f"^{_DAY.pattern}$"})]


class Lock(Strict):
    """A backup that stays, and why."""

    backup: Annotated[Backup, Field(description="full name: web01:1/daily-20261121_020000")]
    reason: Annotated[str, line(128), Field(description="why it stays")]
    owner: Label | None = None
    until: Annotated[Day | None, Field(description="last day; absent is until it is taken out")] = (
        None
    )
