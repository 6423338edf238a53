"""Plan to JSON document and back, in the shape of OpenTofu's plan. Must not: know views.

`resource_changes` is what an apply would do; `resource_drift` what somebody else did meanwhile.
Readers ignore members they do not know; a new major `format_version` breaks them on purpose.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, cast

from holdfast import __version__
from holdfast.agent import canonical
from holdfast.errors import PlanFileError
from holdfast.plan.actual import Unread
from holdfast.plan.change import Action, Cause, Change
from holdfast.plan.guard import Check
from holdfast.plan.loss import Loss
from holdfast.plan.plan import Plan, Unknown
from holdfast.plan.resource import Address
from holdfast.problem import Place, Problem, Severity

if TYPE_CHECKING:
    from collections.abc import Mapping

FORMAT = "1.0"
Document = dict[str, Any]


def dumps(plan: Plan) -> str:
    """Return the plan as JSON text: same plan, same bytes."""
    data = document(plan)
    data["checksum"] = canonical.digest(data)
    return json.dumps(data, indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def loads(content: bytes | str) -> Plan:
    """Return the plan that was saved, or raise PlanFileError; proves that it is whole."""
    try:
        data = json.loads(content)
        if not isinstance(data, dict) or str(data["format_version"]).split(".")[0] != "1":
            raise PlanFileError("not a plan that this version of holdfast can read")
        checksum = data.pop("checksum")
        if checksum != canonical.digest(data):
            raise PlanFileError("the plan was altered after it was made: its checksum does not fit")
        plan = _plan(data)
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        raise PlanFileError("not a plan: it is damaged or was not written by holdfast") from error
    if plan.digest != data["digest"]:
        raise PlanFileError("the plan was altered after it was made: its digest does not fit")
    return plan


def document(plan: Plan) -> Document:
    """Return the plan as one JSON value."""
    drifted = [change for change in plan.drifted if change.previous is None]
    return {
        "format_version": FORMAT,
        "tool_version": __version__,
        "inventory": {"id": plan.inventory},
        "scope": {
            "complete": not plan.scope and not plan.unread,
            "filters": list(plan.scope),
            "unreachable": [vars(unread) for unread in plan.unread],
        },
        "resource_changes": [_change(change) for change in plan.changes],
        "resource_drift": [_drift(change) for change in drifted],
        "unknown": [{"address": str(u.address), "reason": u.reason} for u in plan.unknown],
        "problems": [_problem(problem) for problem in plan.problems],
        "checks": [_check(check, plan.digest) for check in plan.checks],
        "errored": bool(plan.unread) or any(p.severity == Severity.ERROR for p in plan.problems),
        "fingerprints": dict(plan.fingerprints),
        "effects": {
            "backups_lost": [{**vars(loss), "address": str(loss.address)} for loss in plan.losses],
            "bytes_freed": sum(loss.size for loss in plan.losses),
            "notes": list(plan.effects),
        },
        "summary": vars(plan.summary),
        "digest": plan.digest,
    }


_ACTIONS: Mapping[Action, list[str]] = {
    **{action: [action.value] for action in Action},
    # A scan for what is taken away must find replacements too.
    Action.REPLACE: ["forget", "create"],
}


def _change(change: Change) -> Document:
    return {
        "address": str(change.address),
        "previous_address": str(change.previous) if change.previous else None,
        "type": change.address.kind,
        "causes": sorted(change.causes),
        "source": vars(change.source) if change.source else None,
        **({"connector": change.connector} if change.connector else {}),
        "applied": change.applied,
        "change": {
            "actions": _ACTIONS[change.action],
            "before": change.before,
            "after": change.after,
            "after_unknown": dict.fromkeys(change.unknown, True),
            # Values of secrets are no attributes, so nothing in a plan is sensitive.
            "before_sensitive": {},
            "after_sensitive": {},
        },
    }


def _drift(change: Change) -> Document:
    now, then = change.before, change.applied
    action = Action.CREATE if then is None else Action.DELETE if now is None else Action.UPDATE
    return {
        "address": str(change.address),
        "type": change.address.kind,
        "change": {"actions": [action.value], "before": then, "after": now},
    }


def _problem(problem: Problem) -> Document:
    place = problem.where
    return {
        "severity": problem.severity.value,
        "where": vars(place) if isinstance(place, Place) else place,
        "path": problem.path,
        "what": problem.what,
        "hint": problem.hint,
    }


def _check(check: Check, digest: str) -> Document:
    return {
        "rule": check.rule,
        "status": "refused" if check.refused else "passed",
        "message": check.refused,
        "accept": f"{check.rule}@{digest}" if check.refused else None,
    }


def _plan(data: Document) -> Plan:
    return Plan(
        inventory=data["inventory"]["id"],
        changes=tuple(_read_change(entry) for entry in data["resource_changes"]),
        problems=tuple(_read_problem(entry) for entry in data["problems"]),
        checks=tuple(Check(entry["rule"], entry["message"]) for entry in data["checks"]),
        losses=tuple(
            Loss(**{**entry, "address": Address.of(entry["address"])})
            for entry in data["effects"]["backups_lost"]
        ),
        unknown=tuple(Unknown(Address.of(u["address"]), u["reason"]) for u in data["unknown"]),
        unread=tuple(Unread(**entry) for entry in data["scope"]["unreachable"]),
        effects=tuple(data["effects"]["notes"]),
        fingerprints=data["fingerprints"],
        scope=tuple(data["scope"]["filters"]),
    )


def _read_change(entry: Document) -> Change:
    names = entry["change"]["actions"]
    previous, source = entry["previous_address"], entry["source"]
    return Change(
        {tuple(words): action for action, words in _ACTIONS.items()}[tuple(names)],
        Address.of(entry["address"]),
        entry["change"]["before"],
        entry["change"]["after"],
        applied=entry["applied"],
        causes=frozenset(Cause(cause) for cause in entry["causes"]),
        source=Place(**source) if source else None,
        previous=Address.of(previous) if previous else None,
        unknown=tuple(entry["change"]["after_unknown"]),
        connector=entry.get("connector", ""),
    )


def _read_problem(entry: Document) -> Problem:
    where = entry["where"]
    return Problem(
        Place(**cast("dict[str, Any]", where)) if isinstance(where, dict) else where,
        entry["path"],
        entry["what"],
        entry["hint"],
        Severity(entry["severity"]),
    )
