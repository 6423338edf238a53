"""Stock: the backups that the nodes' storages hold, with and without a definition of today."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from holdfast.engine.decode import fitting, problem, speaking
from holdfast.engine.members import Line, text, whole

if TYPE_CHECKING:
    from collections.abc import Iterable

    from holdfast.problem import Problem


@dataclass(frozen=True, order=True)
class Stored:
    """One backup as its node tells of it; `fault` says what is wrong with it."""

    name: str  # web01:1/daily-20261121_020000
    node: str
    storage: str
    definition: str
    status: str
    created: str
    size: int
    sha256: str
    owned: bool  # a definition of today counts it as its own
    locked: bool
    fault: str


@dataclass(frozen=True)
class Stock:
    """One node's backups, and what keeps it from telling of all of them."""

    backups: tuple[Stored, ...]
    problems: tuple[Problem, ...]


def stock(node: str, lines: Iterable[Line]) -> Stock:
    """Return what one node answered."""
    with fitting(node):
        told = speaking(node, lines)
        return Stock(
            tuple(_stored(node, line) for line in told if line["type"] == "backup"),
            tuple(problem(node, line) for line in told if line["type"] == "problem"),
        )


def _stored(node: str, line: Line) -> Stored:
    return Stored(
        text(line, "name"),
        node,
        text(line, "storage"),
        text(line, "definition"),
        text(line, "status"),
        text(line, "created"),
        whole(line, "size"),
        text(line, "sha256"),
        line["owned"] is True,
        line["locked"] is True,
        text(line, "fault"),
    )
