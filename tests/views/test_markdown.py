"""The comment under a pull request: it fits, and what is destructive stands first."""

from __future__ import annotations

import re

import pytest

from holdfast.plan.actual import Unread
from holdfast.plan.diff import diff
from holdfast.plan.guard import Check
from holdfast.plan.loss import Loss
from holdfast.plan.plan import Plan, Unknown
from holdfast.plan.resource import Address, Resource
from holdfast.problem import Problem
from holdfast.views.markdown import markdown
from plan.samples import definition

ROOM = 65_536  # characters of a comment on GitHub; a byte each at the least


def many(count: int, **changed: object) -> list[Resource]:
    return [definition(name=f"d{n}@web{n:04}:1", **changed) for n in range(count)]


@pytest.mark.slow
def test_two_thousand_changes_fit_and_the_rest_is_counted() -> None:
    gone = [definition(name=f"old{n}@db01:1") for n in range(20)]
    plan = Plan("lab", diff(many(2000), [*many(1000, schedule="1 1 * * *"), *gone]))
    text = markdown(plan)
    assert len(text.encode()) < ROOM
    shown = len(re.findall(r"^[-+! ] \S+ (?:create|update|forget) ", text, re.MULTILINE))
    (cut,) = re.findall(r"^(\d+) more changes are not shown here", text, re.MULTILINE)
    assert shown + int(cut) == len(plan.changes) == 2020
    assert shown > 200
    lines = text.split("```diff\n")[1].splitlines()
    heads = [line for line in lines if not line.startswith("    ")]
    assert [" . forget " in head for head in heads[:20]] == [True] * 20
    assert "### Plan: 1000 to create, 1000 to update, 20 to forget; backups lost: 0.\n" in text
    assert "> **This takes something away:** forgotten, backups stay: 20." in text


@pytest.mark.parametrize("word", ["x", "x" * 9_000, "🗄" * 9_000])
def test_much_of_everything_fits(word: str) -> None:
    address = Address("node", "n1", "definition", word)
    count = 400
    plan = Plan(
        "lab",
        diff([], [definition(name=f"{n}{word}") for n in range(count)]),
        tuple(Problem(word, "", f"{n}{word}", word) for n in range(count)),
        (Check("forget", word), Check("lose", word)),
        tuple(Loss(address, f"{n}{word}", word, n, word) for n in range(count)),
        tuple(Unknown(address, f"{n}{word}") for n in range(count)),
        tuple(Unread(f"n{n}", word, 3) for n in range(count)),
        tuple(f"{n}{word}" for n in range(count)),
        scope=(word, word),
    )
    text = markdown(plan)
    assert len(text.encode()) < ROOM
    for word_of_list, total in (("error", count), ("lost", count), ("unknown", 2 * count)):
        shown = len(re.findall(f"^- {word_of_list}: ", text, re.MULTILINE))
        assert shown > 0
        assert f"- and {total - shown} more such lines\n" in text
    assert f"--accept forget@{plan.digest}`" in text
    assert f"--accept lose@{plan.digest}`" in text
    assert text.endswith(f"Plan digest `{plan.digest}`\n")
    assert f"{count} to forget" in text


def test_an_empty_plan_is_short() -> None:
    assert len(markdown(Plan("lab"))) < 300
