"""How each definition fares, as lines of an answer. Must not: change anything."""

from __future__ import annotations

import json
import os
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING

from holdfast.agent import lines, stores, timestamp
from holdfast.agent.backups import belonging, listing, stock
from holdfast.agent.failure import Failed
from holdfast.agent.jobs import rotation, runs, served, settings
from holdfast.agent.kinds import automated_backup
from holdfast.agent.setup import node as nodes
from holdfast.agent.setup.node import CRON_D
from holdfast.agent.timing import due, instants, schedule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from holdfast.agent.definition import Definition
    from holdfast.agent.layout import Layout
    from holdfast.agent.setup.survey import Survey


def answer(survey: Survey) -> Iterator[dict[str, object]]:
    """Yield a line a definition, one a LoadMaster, and one on whether cron loads our file."""
    known, problems = stock.promised(survey)
    yield from problems
    now = datetime.now(timezone.utc)
    for wanted in known:
        yield from _of_definition(survey.layout, wanted, now)
    yield from automated_backup.read(survey)[1]
    yield {"type": "cron", "seen": _seen(survey.layout), "installed": _installed(survey)}


def _of_definition(
    layout: Layout, wanted: Definition, now: datetime
) -> Iterator[dict[str, object]]:
    made = [run.to_document() for run in runs.read(layout, wanted.id)]
    good = [run for run in made if run["status"] in (runs.SUCCESS, runs.WARNING)]
    instant = served.load(layout, wanted.id).instant
    since = _applied(layout, wanted)
    try:
        counts = _counts(layout, wanted, now)
    except Failed as error:
        counts = {"backups": None, "lost": 0, "waiting": 0}
        yield lines.problem("definition", wanted.id, str(error))
    yield {
        "type": "status",
        "definition": wanted.id,
        "active": wanted.active,
        "last": made[-1] if made else None,
        "last_good": good[-1] if good else None,
        "served": None if instant is None else timestamp.to_text(instant),
        "next": _next(wanted, now),
        "since": timestamp.to_text(since),
        "expected": _expected(wanted, since, now),
        **counts,
    }


def _counts(layout: Layout, wanted: Definition, now: datetime) -> dict[str, int | None]:
    """Return how many backups are good, how many are not, and how many wait to be let go."""
    owners = settings.load(layout).owners
    there = stores.find(layout, wanted, owners).backups()
    own = belonging.own(there, wanted, owners)
    # Whose an unreadable one is, only its name can tell: daily-20261121_020000.
    unreadable = [
        backup
        for backup in there
        if backup.manifest is None
        and backup.name.rpartition("/")[2].rpartition("-")[0] == wanted.name
    ]
    decided = rotation.decided_here(layout, wanted, own, now)
    return {
        "backups": sum(backup.status == listing.OK for backup in own),
        "lost": sum(backup.status == listing.LOST for backup in own) + len(unreadable),
        "waiting": len(decided.waiting),
    }


def _applied(layout: Layout, wanted: Definition) -> datetime:
    """Return since when a definition is as it is."""
    path = os.path.join(layout.definitions, wanted.id + ".json")
    return datetime.fromtimestamp(os.stat(path).st_mtime, timezone.utc)


def _expected(wanted: Definition, since: datetime, now: datetime) -> str | None:
    """Return the newest due instant whose backup must be there by now, however long it took."""
    latest = now - timedelta(seconds=wanted.queue_timeout + wanted.timeout)
    if not wanted.active or latest <= since:
        return None
    planned = schedule.parse(wanted.schedule, wanted.id)
    reach = int((latest - since).total_seconds()) + 1
    found = due.due(planned, wanted.timezone, since, latest, reach)
    return None if found is None else timestamp.to_text(found)


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
