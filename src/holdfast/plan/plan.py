"""Plan: all that would change, what forbids it, and what is not known. Data only."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from holdfast.agent import canonical
from holdfast.plan.change import Action, Cause

if TYPE_CHECKING:
    from collections.abc import Mapping

    from holdfast.plan.actual import Unread
    from holdfast.plan.change import Change
    from holdfast.plan.guard import Check
    from holdfast.plan.loss import Loss
    from holdfast.plan.resource import Address
    from holdfast.problem import Problem


@dataclass(frozen=True)
class Unknown:
    """A resource of which nothing can be said here, and why; never an error, never a delete."""

    address: Address
    reason: str


@dataclass(frozen=True)
class Summary:
    """The counts that text, JSON and exit code all take from here."""

    create: int
    update: int
    replace: int
    forget: int
    delete: int
    no_op: int
    unknown: int
    lost: int


@dataclass(frozen=True)
class Plan:
    """What leads from actual to desired, in the order in which it is shown."""

    inventory: str
    changes: tuple[Change, ...] = ()
    problems: tuple[Problem, ...] = ()
    checks: tuple[Check, ...] = ()
    losses: tuple[Loss, ...] = ()
    unknown: tuple[Unknown, ...] = ()
    unread: tuple[Unread, ...] = ()
    effects: tuple[str, ...] = ()
    fingerprints: Mapping[str, str] = field(default_factory=dict)  # far end: digest of its actual
    scope: tuple[str, ...] = ()  # --target and --exclude as given; empty: the whole inventory

    @cached_property
    def summary(self) -> Summary:
        """Count once, for everybody."""
        count = Counter(change.action for change in self.changes)
        return Summary(
            create=count[Action.CREATE],
            update=count[Action.UPDATE],
            replace=count[Action.REPLACE],
            forget=count[Action.FORGET],
            delete=count[Action.DELETE],
            no_op=count[Action.NO_OP],
            unknown=len(self.unknown),
            lost=len(self.losses),
        )

    @cached_property
    def digest(self) -> str:
        """Name this very plan: consent given to it is good for no other. 16 hex digits."""
        content = [
            self.inventory,
            [
                [change.action, str(change.address), change.before, change.after]
                for change in self.changes
            ],
            [[str(loss.address), loss.backup] for loss in self.losses],
        ]
        return canonical.digest(content)[:16]

    @property
    def drifted(self) -> tuple[Change, ...]:
        """Changes whose thing is not what Holdfast last wrote there."""
        return tuple(change for change in self.changes if Cause.DRIFT in change.causes)

    @property
    def pending(self) -> tuple[Change, ...]:
        """Changes that the inventory asks for."""
        return tuple(change for change in self.changes if Cause.CHANGE in change.causes)

    @property
    def targets(self) -> tuple[str, ...]:
        """The far ends, nodes and LoadMasters, that an apply would touch, sorted."""
        return tuple(sorted({change.address.far_end for change in self.changes}))

    def on(self, target: str) -> tuple[Change, ...]:
        """Return the changes of one far end."""
        return tuple(change for change in self.changes if change.address.far_end == target)

    def refusals(self, accepted: frozenset[str]) -> tuple[Check, ...]:
        """Return the checks that refuse and have no consent of the form RULE@DIGEST."""
        return tuple(
            check
            for check in self.checks
            if check.refused and f"{check.rule}@{self.digest}" not in accepted
        )
