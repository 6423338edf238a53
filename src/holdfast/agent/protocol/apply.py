"""Carries out the ops of one apply, in order, up to the first that fails.

All are compared with what they were planned against before the first is written, for one may
change what another shows: a cron file put right brings a definition's entry back. Then each is
written, read back and recorded.
"""

from __future__ import annotations

import errno
import itertools
from typing import TYPE_CHECKING, Iterator

from holdfast.agent import canonical, lines
from holdfast.agent.failure import Failed
from holdfast.agent.kinds import agent, definition, identity
from holdfast.agent.protocol import applied, applylock
from holdfast.agent.protocol.reading import AUTOMATED, KINDS, survey_of
from holdfast.agent.setup import sweep

if TYPE_CHECKING:
    from holdfast.agent.protocol.request import Op, Request
    from holdfast.agent.setup.survey import Survey

DONE, FAILED, STALE, SKIPPED = "done", "failed", "stale", "skipped"


def carry_out(asked: Request, ops: list[Op]) -> Iterator[dict[str, object]]:
    """Yield the outcome of each op; raise Refusal when another apply is at work here."""
    broken = False
    with applylock.held(asked.by):
        survey = survey_of(asked, _devices(ops))
        before = {op.kind: KINDS[op.kind].read(survey)[0] for op in ops}
        sweep.sweep(survey.layout)
        for batch in _batches(ops):
            if broken:
                outcomes = [lines.outcome(op.kind, op.name, SKIPPED) for op in batch]
            else:
                outcomes = _apply(asked, batch, before[batch[0].kind])
            # One device is nothing to the next.
            failed = any(line["status"] != DONE for line in outcomes)
            broken = broken or (failed and batch[0].kind != AUTOMATED)
            yield from outcomes


def _batches(ops: list[Op]) -> Iterator[list[Op]]:
    """Yield ops one by one, but neighbouring definitions together: they share one cron file."""
    for kind, group in itertools.groupby(ops, key=lambda op: op.kind):
        batch = list(group)
        if kind == "definition":
            yield batch
        else:
            yield from ([op] for op in batch)


def _apply(asked: Request, batch: list[Op], before: dict[str, object]) -> list[dict[str, object]]:
    """Return an outcome for each op of a batch of one kind; `before` is what the apply found."""
    kind = batch[0].kind
    fit = list(itertools.takewhile(lambda op: _is_current(op, before), batch))
    outcomes = _write(asked, kind, fit) if fit else []
    failed = any(line["status"] != DONE for line in outcomes)
    for index, op in enumerate(batch[len(fit) :]):
        stale = index == 0 and not failed
        outcomes.append(_stale(op, before) if stale else lines.outcome(kind, op.name, SKIPPED))
    return outcomes


def _devices(ops: list[Op]) -> list[str]:
    return [op.name for op in ops if op.kind == AUTOMATED]


def _is_current(op: Op, before: dict[str, object]) -> bool:
    if op.kind == "agent" and op.before == canonical.digest(agent.SPEECHLESS):
        return True  # brought by this very apply, it can tell what the broken one could not
    if op.kind == AUTOMATED and op.before == canonical.digest(None):
        return True  # the plan says that it did not see what the device has
    return canonical.digest(before.get(op.previous or op.name)) == op.before


def _stale(op: Op, before: dict[str, object]) -> dict[str, object]:
    there = before.get(op.previous or op.name)
    differing = ", ".join(_differing(op.after, there)) or "that it is there"
    message = "changed since the plan was made; now differs from what is asked in: " + differing
    if there is None:
        message = "was removed since the plan was made"
    return lines.outcome(op.kind, op.name, STALE, message, there)


def _write(asked: Request, kind: str, ops: list[Op]) -> list[dict[str, object]]:
    survey = survey_of(asked)
    try:
        if kind == "definition":
            definition.apply(survey, ops)
        else:
            KINDS[kind].apply(survey, ops[0])
    except Failed as error:
        message = str(error)
    except OSError as error:
        message = _explained(kind, error)
    else:
        return _verify(asked, kind, ops)
    there, _ = KINDS[kind].read(survey_of(asked, _devices(ops)))
    first = lines.outcome(kind, ops[0].name, FAILED, message, there.get(ops[0].name))
    return [first, *(lines.outcome(kind, op.name, SKIPPED) for op in ops[1:])]


def _explained(kind: str, error: OSError) -> str:
    """Return what the system refused; of a rename it is the second name that was in the way."""
    what = "%s: %s" % (error.filename2 or error.filename or kind, error.strerror)
    if error.errno in (errno.EISDIR, errno.ENOTDIR, errno.EEXIST):
        return what + ": move away what stands there, then apply again"
    return what


def _verify(asked: Request, kind: str, ops: list[Op]) -> list[dict[str, object]]:
    """Read back, compare with what was asked, and record what is so."""
    survey = survey_of(asked, _devices(ops))
    there, told = KINDS[kind].read(survey)
    silent = {line["name"]: line["message"] for line in told if line["type"] == "silent"}
    outcomes = []
    recorded: dict[str, object] = {}
    for op in ops:
        found = there.get(op.name)
        wanted = _settled(survey, op, found)
        if found == wanted:
            recorded[op.name] = wanted
            recorded.update({op.previous: None} if op.previous else {})
            outcomes.append(lines.outcome(kind, op.name, DONE, "", found))
        else:
            message = "written, but reads back otherwise: " + ", ".join(_differing(wanted, found))
            if op.name in silent:
                message = "written, but cannot be read back: %s" % silent[op.name]
            outcomes.append(lines.outcome(kind, op.name, FAILED, message, found))
    if survey.node is not None or kind != "agent":
        applied.note(survey.layout, kind, recorded, asked.by)
    return outcomes


def _settled(survey: Survey, op: Op, found: object) -> object:
    """Return what must be there now, with what only the doing of it could tell."""
    if op.kind == "agent":
        return agent.settle(survey, op.after)
    return identity.settle(op.after, found) if op.kind == "identity" else op.after


def _differing(wanted: object, found: object) -> list[str]:
    """Return the names of the fields that differ."""
    first = wanted if isinstance(wanted, dict) else {}
    second = found if isinstance(found, dict) else {}
    return sorted(
        field for field in first.keys() | second.keys() if first.get(field) != second.get(field)
    )
