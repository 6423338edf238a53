"""Change: one resource before and after, no more. Must not: hold callables or rendered text."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from holdfast.plan.resource import Address
    from holdfast.problem import Place


class Action(StrEnum):
    """What happens to the resource; declared in the order in which a plan shows it."""

    DELETE = "delete"
    REPLACE = "replace"  # a new machine under an old name
    FORGET = "forget"  # the schedule goes, the data stays
    UPDATE = "update"
    CREATE = "create"
    NO_OP = "no-op"  # what is there is wanted by now; only the record of it is renewed


class Cause(StrEnum):
    """Why it happens: drift is actual unlike applied, change is desired unlike applied."""

    DRIFT = "drift"
    CHANGE = "change"


@dataclass(frozen=True)
class Change:
    """Before is None when created, after is None when taken away.

    `applied` is what Holdfast last wrote there, None if it never did.
    `unknown` names attributes of `after` that only the apply can tell.
    """

    action: Action
    address: Address
    before: Mapping[str, object] | None
    after: Mapping[str, object] | None
    applied: Mapping[str, object] | None = None
    causes: frozenset[Cause] = frozenset({Cause.CHANGE})
    source: Place | None = None
    previous: Address | None = None
    unknown: tuple[str, ...] = ()
    connector: str = ""

    @property
    def node(self) -> str:
        """The node whose agent makes it."""
        return self.connector or self.address.target
