"""Report: what an apply did, change by change, and the exit code of every command."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING

from holdfast.problem import Severity

if TYPE_CHECKING:
    from collections.abc import Iterable

    from holdfast.plan.change import Change
    from holdfast.plan.plan import Plan
    from holdfast.plan.resource import Attributes
    from holdfast.problem import Problem

OK, ERROR, FINDINGS, PARTIAL, REFUSED, STALE, INTERRUPTED = 0, 1, 2, 3, 10, 13, 130

# Where several hold, the first of these is the exit code.
_ORDER = (INTERRUPTED, ERROR, 12, 11, STALE, REFUSED, PARTIAL, FINDINGS, OK)


class Status(StrEnum):
    """How a change ended."""

    DONE = "done"
    FAILED = "failed"
    STALE = "stale"  # what is there is no longer what was planned against
    SKIPPED = "skipped"  # an earlier one on its node failed, or the apply was interrupted


@dataclass(frozen=True)
class Outcome:
    """A change and how it ended; `code` is the exit code that it asks for.

    `found` is what the node read back, where it said so.
    """

    change: Change
    status: Status
    message: str = ""
    code: int = OK
    found: Attributes | None = None


@dataclass(frozen=True)
class Report:
    """A plan and what became of it."""

    plan: Plan
    outcomes: tuple[Outcome, ...]
    interrupted: bool = False

    @cached_property
    def counts(self) -> Counter[Status]:
        """How many changes ended how."""
        return Counter(outcome.status for outcome in self.outcomes)

    @property
    def exit_code(self) -> int:
        """The one code that says it all."""
        codes = [outcome.code for outcome in self.outcomes]
        if self.interrupted:
            codes.append(INTERRUPTED)
        return worst([*codes, *plan_codes(self.plan)])


def worst(codes: Iterable[int]) -> int:
    """Return the code that comes first in the order of precedence; 0 of none."""
    return min(codes, key=_ORDER.index, default=OK)


def plan_codes(plan: Plan) -> list[int]:
    """Return what speaks against a plan being whole: unread nodes and problems."""
    codes = [unread.exit_code for unread in plan.unread]
    if any_error(plan.problems):
        codes.append(ERROR)
    return codes


def any_finding(problems: Iterable[Problem]) -> bool:
    """Tell whether one of the problems is what `drift` and `status --check` look for."""
    return any(problem.severity is Severity.FINDING for problem in problems)


def any_error(problems: Iterable[Problem]) -> bool:
    """Tell whether one of the problems is more than a warning."""
    return any(problem.severity is Severity.ERROR for problem in problems)
