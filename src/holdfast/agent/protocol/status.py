"""How each definition fares, as lines of an answer. Must not: change anything."""

from __future__ import annotations

import json
import os
from datetime import datetime, timezone
from typing import TYPE_CHECKING

from holdfast.agent import lines, timestamp
from holdfast.agent.backups import listing, stock
from holdfast.agent.failure import Failed
from holdfast.agent.jobs import runs, served
from holdfast.agent.setup import node as nodes
from holdfast.agent.setup.node import CRON_D
from holdfast.agent.timing import instants, schedule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from holdfast.agent.definition import Definition
    from holdfast.agent.layout import Layout
    from holdfast.agent.setup.survey import Survey


def answer(survey: Survey) -> Iterator[dict[str, object]]:
    """Yield a line a definition, and one on whether cron loads our file."""
    known, problems = stock.promised(survey)
    yield from problems
    now = datetime.now(timezone.utc)
    for wanted in known:
        yield from _of_definition(survey.layout, wanted, now)
    yield {"type": "cron", "seen": _seen(survey.layout), "installed": _installed(survey)}


def _of_definition(
    layout: Layout, wanted: Definition, now: datetime
) -> Iterator[dict[str, object]]:
    made = [run.to_document() for run in runs.read(layout, wanted.id)]
    good = [run for run in made if run["status"] in (runs.SUCCESS, runs.WARNING)]
    instant = served.load(layout, wanted.id).instant
    try:
        backups = sum(backup.status == listing.OK for backup in stock.own(layout, wanted))
    except Failed as error:
        backups = None
        yield lines.problem("definition", wanted.id, str(error))
    yield {
        "type": "status",
        "definition": wanted.id,
        "active": wanted.active,
        "last": made[-1] if made else None,
        "last_good": good[-1] if good else None,
        "served": None if instant is None else timestamp.to_text(instant),
        "next": _next(wanted, now),
        "backups": backups,
    }


def _next(wanted: Definition, now: datetime) -> str | None:
    """Return when it is due next; an inactive one is never."""
    if not wanted.active:
        return None
    planned = schedule.parse(wanted.schedule, wanted.id)
    following = instants.next_fires(planned, wanted.timezone, now, 1)
    return timestamp.to_text(following[0]) if following else None


def _seen(layout: Layout) -> object:
    """Return when cron last fired an entry of ours."""
    try:
        with open(layout.cron_seen, "rb") as file:
            document = json.loads(file.read())
    except (FileNotFoundError, ValueError):
        return None
    return document.get("seen") if isinstance(document, dict) else None


def _installed(survey: Survey) -> str | None:
    """Return since when cron is told what it is told now; None where it is told nothing."""
    if survey.node is None or survey.cron.expected != "ok":
        return None
    # A crontab tells nobody its age; the settings were written when it was.
    own = survey.layout.cron_file if survey.node.mode == CRON_D else nodes.path(survey.layout)
    if not os.path.exists(own):
        return None
    written = datetime.fromtimestamp(os.stat(own).st_mtime, timezone.utc)
    return timestamp.to_text(written)
