"""Report to text and JSON: what an apply did. Must not: decide or count."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from holdfast.engine.report import Status
from holdfast.views.words import SIGNS, clean, why

if TYPE_CHECKING:
    from holdfast.engine.report import Outcome, Report


def line(outcome: Outcome) -> str:
    """Return one outcome, as shown while an apply goes on."""
    change = outcome.change
    head = f"{outcome.status.value:<7}  {SIGNS[change.action]} {change.action.value:<7}"
    tail = f": {outcome.message}" if outcome.message else ""
    return clean(f"{head}  {change.address}{tail}")


def human(report: Report) -> str:
    """Return the closing words of an apply; the last line counts."""
    lines = []
    if report.interrupted:
        lines.append("Interrupted: the nodes in hand were finished, the others left as they are.")
    counts = report.counts
    words = ", ".join(f"{counts[status]} {status.value}" for status in Status)
    lines.append(f"Apply: {words}.")
    return "\n".join(lines) + "\n"


def as_json(report: Report) -> str:
    """Return the report as JSON text."""
    document = {
        "format_version": "1.0",
        "inventory": {"id": report.plan.inventory},
        "digest": report.plan.digest,
        "interrupted": report.interrupted,
        "outcomes": [
            {
                "address": str(outcome.change.address),
                "action": outcome.change.action.value,
                "causes": why(outcome.change).split(", "),
                "status": outcome.status.value,
                "message": outcome.message,
            }
            for outcome in report.outcomes
        ],
        "summary": {status.value: report.counts[status] for status in Status},
        "exit_code": report.exit_code,
    }
    return json.dumps(document, indent=2, sort_keys=True, ensure_ascii=False) + "\n"
