"""The agent's answer lines to an Actual: the only place that knows their members."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from holdfast.errors import Unexpected
from holdfast.plan.actual import Actual, Applied, Backup, Facts
from holdfast.plan.resource import KINDS, Address, Resource
from holdfast.problem import Problem, Severity

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

Line = dict[str, Any]


@contextmanager
def fitting(node: str) -> Iterator[None]:
    """Turn an answer whose members do not fit the protocol into Unexpected."""
    try:
        yield
    except (LookupError, TypeError, ValueError, AttributeError) as error:
        what = f"its agent's answer does not fit the protocol ({error!r})"
        raise Unexpected(node, f"{what}; apply updates the agent") from error


def actual(node: str, lines: Iterable[Line]) -> Actual:
    """Return what a read answered; raise Unexpected where a line is not of the protocol."""
    with fitting(node):
        return _actual(node, lines)


def _actual(node: str, lines: Iterable[Line]) -> Actual:
    by_type: dict[str, list[Line]] = {"hello": [], "resource": [], "problem": []}
    for line in lines:
        by_type.setdefault(line["type"], []).append(line)
    answers = {_address(node, line): line for line in by_type["resource"]}
    return Actual(
        node,
        _facts(by_type["hello"][0]),
        tuple(
            Resource(address, line["attributes"])
            for address, line in sorted(answers.items())
            if line["attributes"] is not None
        ),
        {a: Applied(line["applied"]) for a, line in answers.items() if line["applied"] is not True},
        {a: _backups(a, line["backups"]) for a, line in answers.items() if "backups" in line},
        {a: line["matches"] is True for a, line in answers.items() if "matches" in line},
        tuple(problem(node, line) for line in by_type["problem"]),
    )


def _facts(line: Line) -> Facts:
    absent = line["agent"] == "absent"
    remains = bool(line.get("remains"))
    mute = "its files are there but no agent to read them" if absent and remains else ""
    return Facts(None if absent else line["agent"], line["python"], line["zone"], mute)


def _address(node: str, line: Line) -> Address:
    if line["kind"] not in KINDS:
        raise ValueError(line["kind"])
    return Address("node", node, line["kind"], line["name"])


def problem(node: str, line: Line) -> Problem:
    """Return what a node says that a person must know of."""
    where = Address("node", node, line["kind"], line["name"])
    return Problem(str(where), "", line["what"], line["hint"], Severity(line["severity"]))


def _backups(address: Address, lines: Iterable[Line]) -> tuple[Backup, ...]:
    return tuple(
        Backup(
            name=line["backup"],
            definition=address.name,
            created=line["created"],
            size=line["size"],
            sequence=line["sequence"],
            status=line["status"],
            locked=bool(line["locked"]),
            base=line["base"],
        )
        for line in lines
    )
