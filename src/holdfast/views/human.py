"""Plan to text for a terminal, destructive lines first. Must not: decide, count or sort."""

from __future__ import annotations

from typing import TYPE_CHECKING

from holdfast.plan.change import Action
from holdfast.plan.fields import fields, itemise
from holdfast.problem import Severity
from holdfast.views.words import SIGNS, gist, size, totals, value, why

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from holdfast.plan.change import Change
    from holdfast.plan.plan import Plan

    Paint = Callable[[str, str], str]  # text and colour name to text

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


def plain(text: str, _colour: str) -> str:
    """Paint nothing: for files, pipes and NO_COLOR."""
    return text


def human(plan: Plan, paint: Paint = plain, settled: str = SETTLED) -> str:
    """Return the whole plan; its last line is the totals.

    `settled` is what a plan without changes says when nothing at all stands against it.
    """
    return "\n".join(_lines(plan, paint, settled)) + "\n"


def _lines(plan: Plan, paint: Paint, settled: str) -> Iterator[str]:
    if plan.scope:
        yield f"Partial plan ({' '.join(plan.scope)}): it cannot prove that there is no drift.\n"
    for change in plan.changes:
        yield from _change(change, paint)
    for unknown in plan.unknown:
        yield f"{paint('  ? unknown', 'cyan')}  {unknown.address}: {unknown.reason}"
    for unread in plan.unread:
        yield f"{paint('  ? unknown', 'cyan')}  node/{unread.target}: {unread.reason}"
    if not plan.changes:
        clean = not (plan.unknown or plan.unread or plan.problems or plan.scope)
        yield settled if clean else "No changes."
    yield from _losses(plan, paint)
    yield from (f"  note: {note}" for note in plan.effects)
    yield from _objections(plan, paint)
    yield ""
    yield totals(plan)


def _change(change: Change, paint: Paint) -> Iterator[str]:
    head = f"{SIGNS[change.action]:>3} {change.action.value:<7}"
    source = f"  {change.source}" if change.source else ""
    was = f" (was {change.previous})" if change.previous else ""
    yield f"{paint(head, COLOURS[change.action])}  {change.address}{was}  [{why(change)}]{source}"
    if change.action in (Action.UPDATE, Action.REPLACE):
        for field in fields(change):
            after = "(known after apply)" if field.path in change.unknown else value(field.after)
            yield f"      {field.path}: {value(field.before)} → {after}"
    elif change.action is Action.NO_OP:
        for field in itemise(change.applied or {}, change.before or {}):
            yield f"      {field.path}: {value(field.before)} → {value(field.after)}, already there"
    elif text := gist(change):
        yield f"      {text}"


def _losses(plan: Plan, paint: Paint) -> Iterator[str]:
    if plan.losses:
        yield "\nBackups that rotation would remove:"
    for loss in plan.losses:
        head = f"{paint('  - lost', 'red')}  {loss.address.name} {loss.backup}"
        yield f"{head}  {loss.created}  {size(loss.size)}  {loss.reason}"


def _objections(plan: Plan, paint: Paint) -> Iterator[str]:
    for problem in plan.problems:
        error = problem.severity is Severity.ERROR
        yield paint(f"  ! {'refused' if error else 'warning'}", "red" if error else "yellow") + (
            f"  {problem.where}: {problem.what}" + (f" ({problem.hint})" if problem.hint else "")
        )
    for check in plan.checks:
        if check.refused:
            yield (
                f"{paint('  ! refused', 'red')}  {check.refused}; if that is meant: "
                f"holdfast apply --accept {check.rule}@{plan.digest}"
            )
