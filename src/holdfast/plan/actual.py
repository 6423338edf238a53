"""Actual: what one node answered. Must not: say what should be there."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from holdfast.plan.resource import Address, Resource
    from holdfast.problem import Problem


@dataclass(frozen=True)
class Backup:
    """One existing backup, as far as a plan needs it."""

    name: str
    definition: str
    created: str  # UTC, 2026-11-21T02:00:00Z
    size: int  # stored bytes
    sequence: int
    status: str = "ok"
    locked: bool = False
    base: str | None = None


@dataclass(frozen=True)
class Facts:
    """What the node told of itself."""

    agent: str | None  # sha256 of the agent that answered; None where there is none yet
    python: str
    zone: str  # that cron really runs in
    mute: str = ""  # why it can say nothing of its resources, though there may be some


@dataclass(frozen=True)
class Applied:
    """What Holdfast last wrote at an address that now holds something else."""

    attributes: Mapping[str, object] | None  # None: it never wrote there
    by: str = ""


@dataclass(frozen=True)
class Held:
    """How many backups of ours lie in a storage, or of a datacenter on a node, and their bytes."""

    count: int
    size: int


@dataclass(frozen=True)
class Actual:
    """One node's whole answer.

    `applied` holds only the addresses where what was last applied is not what is there.
    `backups` holds those of definitions that would keep others than now, or were not asked for;
    where one would move, they are those at its new place. `held` is of storages that would go.
    """

    target: str
    facts: Facts
    resources: tuple[Resource, ...] = ()
    applied: Mapping[Address, Applied] = field(default_factory=dict)
    backups: Mapping[Address, tuple[Backup, ...]] = field(default_factory=dict)
    matches: Mapping[Address, bool] = field(default_factory=dict)  # secrets that were probed
    problems: tuple[Problem, ...] = ()
    held: Mapping[Address, Held] = field(default_factory=dict)
    usage: Mapping[str, Held] = field(default_factory=dict)  # of datacenters that have a limit


@dataclass(frozen=True)
class Unread:
    """A node that gave no whole answer: nothing is known of it, so nothing is deleted there."""

    target: str
    reason: str
    exit_code: int
