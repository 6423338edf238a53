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
class Device:
    """What a LoadMaster told of itself; all of it is what it said, at the time `read`."""

    firmware: str
    read: str  # UTC
    certificate_ends: str  # of the certificate that it serves; empty where that cannot be told
    api_keys: int | None  # how many of its 16 are in use; None where it does not say
    plain_ftp: bool  # its automated backup is on, and by FTP


@dataclass(frozen=True)
class Chain:
    """What a definition's next backup may be sent since: GUIDs, one of which its source must have.

    More than one only after a run that was killed; none where all of a disk's were destroyed.
    """

    newest: str  # the name of its newest snapshot, or of the newest backup that had one
    snapshots: frozenset[str]


@dataclass(frozen=True)
class Snapshots:
    """What a dataset that is backed up had of snapshots at the time `read`, by name."""

    read: str  # UTC
    guids: Mapping[str, str]


@dataclass(frozen=True)
class Actual:
    """One node's whole answer.

    `applied` holds only the addresses where what was last applied is not what is there.
    `backups` holds those of definitions that would keep others than now, or were not asked for;
    where one would move, they are those at its new place. `held` is of storages that would go.
    `chains` and `snapshots` are what definitions of type dataset go on from, as far as it knows.
    `devices` are the LoadMasters that it was asked to look at and could, `silent` the others.
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
    devices: Mapping[str, Device] = field(default_factory=dict)
    silent: tuple[Unread, ...] = ()
    chains: Mapping[Address, Chain] = field(default_factory=dict)
    snapshots: Mapping[str, Snapshots] = field(default_factory=dict)  # by dataset


@dataclass(frozen=True)
class Unread:
    """A far end that gave no whole answer: nothing is known of it, so nothing is deleted there."""

    target: str  # a node by its name, or `loadmaster/lm-1`
    reason: str
    exit_code: int

    @property
    def address(self) -> str:
        """Return what addresses of it begin with."""
        return self.target if "/" in self.target else f"node/{self.target}"
