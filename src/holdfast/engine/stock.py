"""Stock: the backups that the nodes' storages hold, with and without a definition of today."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from holdfast.agent.transforms.recipe import Packing
from holdfast.engine.decode import fitting, problem, speaking
from holdfast.engine.members import Line, file_of, mapping, text, whole

if TYPE_CHECKING:
    from collections.abc import Iterable

    from holdfast.problem import Problem


@dataclass(frozen=True, order=True)
class Held:
    """A lock: why, until when, and whose."""

    origin: str  # inventory or hand
    reason: str
    until: str
    owner: str


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
    sequence: int = 0
    base: str | None = field(default=None, compare=False)
    # None: its manifest cannot be read; empty: it lies in a dataset.
    file: str | None = field(default=None, compare=False)
    consistency: str = ""
    freeze: str | None = field(default=None, compare=False)  # off, frozen, failed; None: unknown
    locks: tuple[Held, ...] = ()
    note: str = ""
    verified: str | None = field(default=None, compare=False)
    approved: bool = field(default=False, compare=False)  # somebody agreed that it is rotated away
    firmware: str | None = field(default=None, compare=False)  # of a LoadMaster
    serial: str | None = field(default=None, compare=False)  # the same: which machine it was
    manifest: Line | None = field(default=None, compare=False)  # of those asked for by name
    vouched: bool = True  # its node knows who signed it: else it makes no other one go

    @property
    def source(self) -> str:
        """What was backed up: `web01:1`, or the name of a LoadMaster."""
        return self.name.rpartition("/")[0]

    @property
    def type(self) -> str:
        """`dataset`, `file` or `loadmaster`; nothing where its manifest cannot be read."""
        if self.file is None:
            return ""
        if ":" not in self.source:
            return "loadmaster"
        return "file" if self.file else "dataset"

    @property
    def kind(self) -> str:
        """`base` for what stands alone, `incremental` for what needs its base."""
        if self.file is None:
            return ""
        return "base" if self.base is None else "incremental"

    @property
    def is_encrypted(self) -> bool:
        """Whether an identity is needed to read it."""
        return self.file is not None and Packing.of(self.file).encrypted


@dataclass(frozen=True)
class Stock:
    """One node's backups, and what keeps it from telling of all of them."""

    node: str
    is_set_up: bool  # an agent of ours is there
    backups: tuple[Stored, ...]
    problems: tuple[Problem, ...]


def findings(backups: Iterable[Stored]) -> tuple[str, ...]:
    """Return what a person must look at among backups that are shown."""
    lost = sum(backup.status == "lost" for backup in backups)
    word = "is" if lost == 1 else "are"
    return (f"{lost} of these backups {word} lost or damaged",) if lost else ()


def stock(node: str, lines: Iterable[Line]) -> Stock:
    """Return what one node answered."""
    with fitting(node):
        told = speaking(node, lines)
        problems = tuple(problem(node, line) for line in told if line["type"] == "problem")
        backups = (_stored(node, line) for line in told if line["type"] == "backup")
        return Stock(node, told[0]["agent"] != "absent", tuple(backups), problems)


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
        whole(line, "sequence"),
        _text_or_none(line, "base"),
        _file(line),
        text(line, "consistency"),
        _text_or_none(line, "freeze"),
        tuple(_held(lock) for lock in line["locks"]),
        text(line, "note"),
        _text_or_none(line, "verified"),
        line["approved"] is True,
        _text_or_none(line, "firmware") if "firmware" in line else None,
        _text_or_none(line, "serial") if "serial" in line else None,
        mapping(line, "manifest") if "manifest" in line else None,
        line.get("vouched") is not False,
    )


def _held(lock: Line) -> Held:
    until = _text_or_none(lock, "until") or ""
    return Held(text(lock, "origin"), text(lock, "reason"), until, text(lock, "owner"))


def _file(line: Line) -> str | None:
    file = _text_or_none(line, "file")
    return file_of(text(line, "name"), file) if file else file


def _text_or_none(line: Line, member: str) -> str | None:
    return None if line[member] is None else text(line, member)
