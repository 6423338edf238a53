"""Document: one file of YAML as a plain tree, with the place of everything in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import yaml

from holdfast.inventory.reading import Reading, Stop, place
from holdfast.inventory.syntax import Complaint, complaint, decode
from holdfast.problem import Place, Problem

if TYPE_CHECKING:
    from holdfast.inventory.opened import Marks
    from holdfast.inventory.path import Path


@dataclass(frozen=True, slots=True)
class Document:
    """What one file says. When not `whole`, something stopped the reading of it."""

    file: str
    tree: dict[str, Any]
    marks: Marks
    problems: tuple[Problem, ...]
    whole: bool = True

    def place(self, path: Path) -> Place:
        """Return the place of the nearest part of a path that is written."""
        found: Any = self.marks
        for part in path:
            if not isinstance(found, dict) or part not in found:
                break
            found = found[part]
        return place(self.file, found[None] if isinstance(found, dict) else found)


def parse(data: bytes, file: str) -> Document:
    """Return the tree of a file with every problem of its form."""
    text = decode(data)
    if isinstance(text, Complaint):
        return _cut(file, _problem(file, text))
    reading = Reading(file)
    parser = yaml.CBaseLoader(text.encode())
    try:
        reading.run(parser)
    except yaml.MarkedYAMLError as error:
        return _cut(file, _problem(file, complaint(error, text.splitlines())))
    except Stop as stop:
        return _cut(file, *reading.problems, stop.problem)
    finally:
        parser.dispose()
    if isinstance(reading.root, dict):
        problems = tuple(reading.problems)
        return Document(file, reading.root, reading.marks, problems, reading.whole)
    if reading.root is None:
        empty = Problem(Place(file, 1, 1), "", "is empty", "write something, or remove the file")
        return _cut(file, empty)
    wrong = "must be a mapping", "such as `nodes:` with nodes below it"
    where = place(file, reading.marks[None])
    return _cut(file, *reading.problems, Problem(where, "", *wrong))


def _cut(file: str, *problems: Problem) -> Document:
    return Document(file, {}, {None: 0}, problems, whole=False)


def _problem(file: str, why: Complaint) -> Problem:
    return Problem(Place(file, why.line + 1, why.column + 1), "", why.what, why.hint)
