"""Plan to text for a terminal, destructive lines first. Must not: decide, count or sort."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from holdfast.plan.change import Action
from holdfast.plan.fields import fields, itemise
from holdfast.problem import Severity
from holdfast.views.words import (
    LONGEST_VALUE,
    SIGNS,
    clean,
    gist,
    plain,
    silent,
    size,
    totals,
    value,
    why,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from holdfast.plan.change import Change
    from holdfast.plan.plan import Plan
    from holdfast.views.words import Paint

COLOURS = {
    Action.CREATE: "green",
    Action.UPDATE: "yellow",
    Action.DELETE: "red",
    Action.FORGET: "red",
    Action.REPLACE: "red",
    Action.NO_OP: "bright_black",
}

SETTLED = "No changes: what is there is what the inventory asks for."
UNTOUCHED = "No drift: what is there is what was last applied."


class _Line(NamedTuple):
    """A line: what nodes may have a word in is `text`; `lead` is ours alone, and coloured."""

    text: str
    lead: str = ""
    colour: str = ""


def human(plan: Plan, paint: Paint = plain, settled: str = SETTLED) -> str:
    """Return the whole plan; its last line is the totals.

    `settled` is what a plan without changes says when nothing at all stands against it.
    """
    return "".join(_shown(line, paint) for line in _lines(plan, settled))


def _shown(line: _Line, paint: Paint) -> str:
    lead = f"{paint(line.lead, line.colour)}  " if line.lead else ""
    return f"{lead}{clean(line.text)}\n"


def _lines(plan: Plan, settled: str) -> Iterator[_Line]:
    if plan.scope:
        filters = " ".join(plan.scope)
        yield _Line(f"Partial plan ({filters}): it cannot prove that there is no drift.")
        yield _Line("")
    for change in plan.changes:
        yield from _change(change)
    for unknown in plan.unknown:
        yield _Line(f"{unknown.address}: {unknown.reason}", "  ? unknown", "cyan")
    for unread in silent(plan):
        yield _Line(f"{unread.address}: {unread.reason}", "  ? unknown", "cyan")
    if not plan.changes:
        clean_plan = not (plan.unknown or plan.unread or plan.problems or plan.scope)
        rest = " on the nodes that answered." if plan.unread else "."
        yield _Line(settled if clean_plan else f"No changes{rest}")
    yield from _losses(plan)
    yield from (_Line(f"  note: {note}") for note in plan.effects)
    yield from _objections(plan)
    yield _Line("")
    yield _Line(totals(plan))


def _change(change: Change) -> Iterator[_Line]:
    source = f"  {change.source}" if change.source else ""
    was = f" (was {change.previous})" if change.previous else ""
    yield _Line(
        f"{change.address}{was}  [{why(change)}]{source}",
        f"{SIGNS[change.action]:>3} {change.action.value:<7}",
        COLOURS[change.action],
    )
    if change.action in (Action.UPDATE, Action.REPLACE):
        for field in fields(change):
            after = "(known after apply)" if field.path in change.unknown else value(field.after)
            yield _Line(f"      {field.path}: {value(field.before)} → {after}")
    elif change.action is Action.NO_OP and change.applied is None:
        yield _Line("      the record of what was applied is made anew")
    elif change.action is Action.NO_OP:
        for field in itemise(change.applied or {}, change.before or {}):
            pair = f"{value(field.before)} → {value(field.after)}"
            yield _Line(f"      {field.path}: {pair}, already there")
    elif text := gist(change):
        yield _Line(f"      {text}")


def _losses(plan: Plan) -> Iterator[_Line]:
    if plan.losses:
        yield _Line("")
        yield _Line("Backups that rotation would remove:")
    for loss in plan.losses:
        text = f"{loss.address.name} {loss.backup}  {loss.created}  {size(loss.size)}"
        yield _Line(f"{text}  {loss.reason}", "  - lost", "red")


def _objections(plan: Plan) -> Iterator[_Line]:
    for problem in plan.problems:
        hint = f" ({problem.hint})" if problem.hint else ""
        text = f"{problem.where}: {problem.what}{hint}"
        if problem.severity is Severity.ERROR:
            yield _Line(text, "  ! refused", "red")
        else:
            yield _Line(text, f"  ! {problem.severity.value}", "yellow")
    for check in plan.checks:
        if check.refused:
            consent = f"holdfast apply --accept {check.rule}@{plan.digest}"
            text = f"{clean(check.refused, LONGEST_VALUE)}; if that is meant: {consent}"
            yield _Line(text, "  ! refused", "red")
