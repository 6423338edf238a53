"""Problem: something a person must know of or mend. Must not: raise or print."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """Whether a problem stops the command; a finding is what `drift` and `status` look for."""

    ERROR = "error"
    FINDING = "finding"
    WARNING = "warning"


@dataclass(frozen=True, order=True)
class Place:
    """A spot in a file, counted from 1; printed as `file:line:column`."""

    file: str
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong, where, and what would be right.

    `where` is a Place for what stands in YAML, the address of a resource for what a node told.
    `path` is the YAML path below it, such as `nodes.bkp01.ssh.port`; empty for addresses.
    """

    where: Place | str
    path: str
    what: str
    hint: str = ""
    severity: Severity = Severity.ERROR

    def __str__(self) -> str:
        head = f"{self.where}: {self.path}: " if self.path else f"{self.where}: "
        word = "" if self.severity is Severity.ERROR else f"{self.severity.value}: "
        tail = f" ({self.hint})" if self.hint else ""
        return f"{head}{word}{self.what}{tail}"
