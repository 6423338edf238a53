"""What differs between two backups of a LoadMaster: members and parameters. Pure.

That nothing changed is said only of what was compared whole; secrets are never among the values.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from holdfast.agent.archive import volatile

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

CHANGED, UNCHANGED, UNKNOWN = "changed", "unchanged", "could not be compared"
NOT_SHOWN = "(not shown)"
_SECRET = re.compile(r"pass|secret|communit|key|ident|token|pin$", re.IGNORECASE)
_MASKED = re.compile(r"\*+")


@dataclass(frozen=True)
class Member:
    """What is compared of a member: its data, and its header but for the time."""

    sha256: str
    size: int
    header: str


@dataclass(frozen=True)
class Contents:
    """What a backup holds; None is what could not be read, and `problems` say why."""

    name: str
    members: Mapping[str, Member] | None = None
    parameters: Mapping[str, str] | None = None
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, order=True)
class MemberChange:
    """A member that is `added`, `removed` or `changed`, or whose `attributes` alone changed."""

    name: str
    change: str
    before: int | None  # bytes
    after: int | None
    volatile: bool


@dataclass(frozen=True, order=True)
class ParameterChange:
    """A parameter with its values; None where it is unset."""

    name: str
    before: str | None
    after: str | None
    volatile: bool


@dataclass(frozen=True)
class Difference:
    """The changes from one backup to another, volatile ones too."""

    before: str
    after: str
    members: tuple[MemberChange, ...]
    parameters: tuple[ParameterChange, ...]
    masked: tuple[str, ...]  # parameters that the device shows to nobody, so they may differ
    problems: tuple[str, ...]

    @property
    def verdict(self) -> str:
        """Whether something changed, nothing did, or that cannot be told."""
        steady = self.steady()
        if steady.members or steady.parameters:
            return CHANGED
        return UNKNOWN if self.problems else UNCHANGED

    def steady(self) -> Difference:
        """Return it without what differs each time."""
        members = tuple(each for each in self.members if not each.volatile)
        parameters = tuple(each for each in self.parameters if not each.volatile)
        return Difference(self.before, self.after, members, parameters, self.masked, self.problems)


def difference(before: Contents, after: Contents) -> Difference:
    """Return what changed between two backups."""
    members: tuple[MemberChange, ...] = ()
    parameters: tuple[ParameterChange, ...] = ()
    masked: tuple[str, ...] = ()
    if before.members is not None and after.members is not None:
        members = tuple(sorted(_members(before.members, after.members)))
    if before.parameters is not None and after.parameters is not None:
        parameters = tuple(sorted(_parameters(before.parameters, after.parameters)))
        both = before.parameters.keys() & after.parameters.keys()
        masked = tuple(sorted(name for name in both if _MASKED.fullmatch(after.parameters[name])))
    problems = tuple(
        problem if problem.startswith(contents.name) else f"{contents.name}: {problem}"
        for contents in (before, after)
        for problem in contents.problems
    )
    return Difference(before.name, after.name, members, parameters, masked, problems)


def _members(before: Mapping[str, Member], after: Mapping[str, Member]) -> Iterator[MemberChange]:
    for name in before.keys() | after.keys():
        old, new = before.get(name), after.get(name)
        if old == new:
            continue
        sizes = None if old is None else old.size, None if new is None else new.size
        yield MemberChange(name, _word(old, new), *sizes, volatile.is_volatile(name))


def _word(old: Member | None, new: Member | None) -> str:
    if old is None or new is None:
        return "added" if old is None else "removed"
    return "attributes" if (old.sha256, old.size) == (new.sha256, new.size) else "changed"


def _parameters(before: Mapping[str, str], after: Mapping[str, str]) -> Iterator[ParameterChange]:
    for name in before.keys() | after.keys():
        old, new = before.get(name), after.get(name)
        if old != new:
            values = _shown(name, old), _shown(name, new)
            yield ParameterChange(name, *values, volatile.is_volatile_parameter(name))


def _shown(name: str, value: str | None) -> str | None:
    """Return a value as it may be shown: what may be a secret is not, masked or not."""
    return NOT_SHOWN if value and _SECRET.search(name) else value
