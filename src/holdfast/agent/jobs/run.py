"""What cron and people call: decides whether a run is due, queues it, and dispatches.

`run INVENTORY ID`, `run INVENTORY ID... --due`, `run --queue` (only dispatch).
Under another root, as in the lab, `--due --at INSTANT` decides as if it were then.
"""

from __future__ import annotations

import os
from datetime import datetime, timezone
from itertools import takewhile
from typing import TYPE_CHECKING, Sequence

from holdfast.agent import definition as definitions
from holdfast.agent import locks, names, timestamp
from holdfast.agent.cron import seen
from holdfast.agent.failure import Failed, complain
from holdfast.agent.layout import Layout

if TYPE_CHECKING:
    from holdfast.agent.definition import Definition

USAGE = 64


def main(words: list[str]) -> int:
    """Do what the words after `run` say."""
    try:
        return _command(words)
    except (Failed, OSError) as error:
        complain(error)
        return 1


def _command(words: list[str]) -> int:
    if words == ["--queue"]:
        from holdfast.agent.jobs import dispatcher  # noqa: PLC0415 - most runs that cron starts end at once

        dispatcher.serve(Layout.here(""))
        return 0
    inventory, *rest = words or [""]
    ids = list(takewhile(names.is_id, rest))
    if names.is_inventory(inventory) and ids:
        layout, rest = Layout.here(inventory), rest[len(ids) :]
        if not rest and len(ids) == 1:
            return run_now(layout, ids[0])
        if rest == ["--due"]:
            return run_due(layout, ids, _now())
        if rest[:2] == ["--due", "--at"] and len(rest) == 3 and layout.root != "/":  # noqa: PLR2004
            return run_due(layout, ids, timestamp.from_text(rest[2]))
    complain("usage: holdfast-agent run INVENTORY ID | run INVENTORY ID... --due | run --queue")
    return USAGE


def run_due(layout: Layout, identities: Sequence[str], now: datetime) -> int:
    """Serve each one's newest due instant, if one is due; what cron calls, cheap when none is."""
    seen.main(layout.inventory)
    queued, code = False, 0
    for identity in identities:
        try:
            definition = _load(layout, identity)
            queued |= definition.active and _queue_due(layout, definition, now)
        except (Failed, OSError) as error:  # the others are due all the same
            complain(error)
            code = 1
    if queued:
        from holdfast.agent.jobs import dispatcher  # noqa: PLC0415 - most runs that cron starts end at once

        dispatcher.serve(layout)
    return code


def run_now(layout: Layout, identity: str) -> int:
    """Run at once, in its turn; 1 when it has ended here and not well."""
    from holdfast.agent.jobs import dispatcher, runs  # noqa: PLC0415 - most runs that cron starts end at once

    run = queue(layout, _load(layout, identity))
    dispatcher.serve(layout)
    ended = runs.find(layout, identity, run)
    if ended is None or ended.status not in (*runs.BAD, runs.CANCELED):
        return 0
    complain("%s: %s: %s" % (identity, ended.status, ended.reason))
    return 1


def start(layout: Layout, identity: str) -> str:
    """Queue a run and see to it that somebody dispatches, though we end; return its name."""
    from holdfast.agent import child  # noqa: PLC0415 - most runs that cron starts end at once

    run = queue(layout, _load(layout, identity))
    child.detach("run", "--queue")
    return run


def queue(layout: Layout, definition: Definition) -> str:
    """Queue a run on somebody's word and return its name; nothing is dispatched."""
    from holdfast.agent.jobs import runs, tickets  # noqa: PLC0415 - most runs that cron starts end at once

    with locks.held(_lock(layout, definition.id)):
        run = runs.begin(layout, runs.Run("", definition.id, layout.inventory, "manual"), _now())
        tickets.write(layout, definition.id, run.run)
    return run.run


def _queue_due(layout: Layout, definition: Definition, now: datetime) -> bool:
    """Queue the newest due instant, recorded as served before anything is done for it."""
    from holdfast.agent.jobs import served  # noqa: PLC0415 - most runs that cron starts end at once
    from holdfast.agent.timing import due, schedule  # noqa: PLC0415 - most runs that cron starts end at once

    with locks.held(_lock(layout, definition.id)):
        before = served.load(layout, definition.id)
        known = due.trusted(before.instant, now)
        note = before.note
        if known != before.instant:
            note = "it was recorded as served until %s, which has not come; reset" % before.instant
            complain("%s: %s" % (definition.id, note))
        try:
            plan = schedule.parse(definition.schedule, definition.id)
            instant = due.due(plan, definition.timezone, known, now, definition.catch_up)
        except (ValueError, KeyError) as error:  # KeyError: the zone is not known on this node
            raise Failed("%s: its schedule cannot be used: %s" % (definition.id, error)) from error
        if instant is None:
            if known != before.instant or note != before.note:
                served.record(layout, definition.id, served.Served(known, note))
            return False
        _serve(layout, definition.id, instant, note)
    return True


def _serve(layout: Layout, identity: str, instant: datetime, note: str) -> None:
    from holdfast.agent.jobs import runs, served, tickets  # noqa: PLC0415 - most runs that cron starts end at once

    # The run file first: a kill before the ticket is then seen as an interrupted run.
    due = timestamp.to_text(instant)
    run = runs.Run("", identity, layout.inventory, "due", due=due, reason=note)
    run = runs.begin(layout, run, _now())
    served.record(layout, identity, served.Served(instant))
    tickets.write(layout, identity, run.run)


def _now() -> datetime:
    return datetime.now(timezone.utc)


def _load(layout: Layout, identity: str) -> Definition:
    definition = definitions.load(layout, identity)
    if definition is None:
        raise Failed("definition %s is not on this node: run `holdfast apply`" % identity)
    return definition


def _lock(layout: Layout, identity: str) -> str:
    return os.path.join(layout.run, "due-%s-%s.lock" % (layout.inventory, identity))
