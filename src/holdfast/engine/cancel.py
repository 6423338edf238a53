"""What a node tells of the runs that it was told to end."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from holdfast.engine.decode import fitting
from holdfast.engine.members import Line, text
from holdfast.errors import NotDone
from holdfast.transport.words import printable

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True)
class Ended:
    """A run as it ended: canceled, unless it was quicker."""

    definition: str
    run: str
    status: str


def canceled(node: str, lines: Iterable[Line]) -> tuple[Ended, ...]:
    """Return the runs that one node ended; none where it has none of that name, or no agent."""
    told = list(lines)
    with fitting(node):
        for line in told:
            if line["type"] == "failure":
                raise NotDone(node, printable(text(line, "message").encode()))
        return tuple(
            Ended(text(run, "definition"), text(run, "run"), text(run, "status"))
            for line in told
            if line["type"] == "result"
            for run in line["runs"]
        )
