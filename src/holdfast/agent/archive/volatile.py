"""Members that differ in every backup of an unchanged LoadMaster, told by their names.

Which ones those are is not published; these names are those of the commands and files whose output
the device is known to put in (`backupnetstat`, `backuptop`) and of clocks. One that is missing here
shows up as changed, which is a nuisance; one too many would hide a change, so the list is short.
"""

from __future__ import annotations

NAMES = frozenset(("date", "uptime", "netstat", "top"))
PARAMETERS = frozenset(("boottime", "activetime"))
_ENDS = (".txt", ".out", ".log")


def is_volatile(member: str) -> bool:
    """Tell whether a member's last part, but for an ending, is one of those names."""
    last = member.rstrip("/").rpartition("/")[2].lower()
    for end in _ENDS:
        if last.endswith(end):
            last = last[: -len(end)]
            break
    return last in NAMES


def is_volatile_parameter(name: str) -> bool:
    """Tell whether a parameter is a clock's."""
    return name.lower() in PARAMETERS
