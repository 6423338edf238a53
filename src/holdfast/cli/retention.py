"""`holdfast retention`: what a definition keeps and drops of the backups that exist."""

from __future__ import annotations

import os
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import click

from holdfast.agent.backups.retention import Rule
from holdfast.agent.timing import instants, schedule
from holdfast.cli import options, output
from holdfast.cli.moment import moment
from holdfast.engine.pick import Where, find
from holdfast.engine.preview import Policy, preview
from holdfast.engine.reach import Reach
from holdfast.engine.report import ERROR, any_error, worst
from holdfast.inventory.load import load
from holdfast.inventory.select import promises
from holdfast.views import table

if TYPE_CHECKING:
    from pathlib import Path

    from holdfast.inventory.promise import Promise

_LONGEST = timedelta(days=366)


@click.group()
def retention() -> None:
    """Preview what a retention keeps and drops."""


@retention.command(name="preview")
@click.argument("definition", metavar="ID")
@options.inventory
@options.shape("human", "json")
@click.option(
    "--at",
    metavar="TIME",
    envvar="HOLDFAST_AT",
    help="A time to come, such as 30d: as if every run until then made a good backup.",
)
def preview_command(definition: str, directory: Path, form: str, at: str | None) -> int:
    """Tell of each backup of a definition, such as daily@web01:1, whether it stays, and why.

    It is what rotation does, by the same rule, with the retention that the inventory says now.
    """
    now = datetime.now(UTC)
    then = now if at is None else moment(at, 1)
    if not now <= then <= now + _LONGEST:
        raise click.BadParameter("--at is within the next 366 days")
    reach = Reach(load(directory), os.environ)
    known = {promise.id: promise for promise in promises(reach.inventory)}
    if definition not in known:
        raise click.ClickException(f"{directory}: there is no definition {definition}")
    promise = known[definition]
    found = find(reach, Where(promise.node, promise.storage), 1)
    ids = (promise.id, *promise.was)
    own = [b for b in found.backups if b.owned and b.definition in ids and b.file is not None]
    result = preview(promise.id, own, _policy(promise, now, then), then)
    if form == "json":
        click.echo(table.as_json(asdict(result)), nl=False)
    else:
        click.echo(table.preview(result), nl=False)
    output.problems(found.problems)
    output.unread(found.unread)
    codes = [unread.exit_code for unread in found.unread]
    return worst([*codes, *([ERROR] if any_error(found.problems) else [])])


def _policy(promise: Promise, now: datetime, at: datetime) -> Policy:
    """Return what decides until a moment; an inactive definition makes nothing new."""
    declared = promise.definition
    planned = schedule.parse(declared.schedule, promise.id)
    fires = instants.fires(planned, promise.timezone, now, at) if declared.active else ()
    rule = Rule(**declared.retention.counts)
    return Policy(rule, promise.timezone, tuple(fires), declared.base_every)
