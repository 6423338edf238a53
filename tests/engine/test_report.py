"""Exit codes: which one wins where several hold."""

from __future__ import annotations

from itertools import combinations

from holdfast.engine.report import plan_codes, worst
from holdfast.plan.actual import Unread
from holdfast.plan.plan import Plan
from holdfast.problem import Problem, Severity

PRECEDENCE = (130, 1, 12, 11, 13, 10, 3, 2, 0)


def test_of_any_two_the_first_in_the_order_wins() -> None:
    for first, second in combinations(PRECEDENCE, 2):
        assert worst([first, second]) == worst([second, first, second]) == first


def test_none_is_fine() -> None:
    assert worst([]) == 0


def test_a_plan_that_is_not_whole_says_so() -> None:
    warning = Problem("x", "", "odd", severity=Severity.WARNING)
    assert plan_codes(Plan("x", problems=(warning,))) == []
    assert plan_codes(Plan("x", problems=(warning, Problem("x", "", "wrong")))) == [1]
    unread = (Unread("n1", "cable", 3), Unread("n2", "key", 12))
    assert worst(plan_codes(Plan("x", unread=unread))) == 12
