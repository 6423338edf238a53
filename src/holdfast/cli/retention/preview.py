"""`holdfast retention preview`: what stays and what goes, and why."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import click

from holdfast.agent.backups.retention import Rule
from holdfast.agent.timing import instants, schedule
from holdfast.cli import options, output
from holdfast.cli.moment import FUTURE
from holdfast.cli.retention import common
from holdfast.engine.preview import Policy
from holdfast.engine.preview import preview as previewed
from holdfast.engine.report import ERROR, any_error, worst
from holdfast.views import table

if TYPE_CHECKING:
    from pathlib import Path

    from holdfast.inventory.promise import Promise

_LONGEST = timedelta(days=366)


@click.command()
@common.identity
@options.inventory
@options.shape("human", "json")
@click.option(
    "--at",
    type=FUTURE,
    metavar="TIME",
    envvar="HOLDFAST_AT",
    help="A time to come, such as 30d: as if every run until then made a good backup.",
)
def preview(definition: str, directory: Path, form: str, at: datetime | None) -> int:
    """Tell of each backup of a definition, such as daily@web01:1, whether it stays, and why.

    It is what rotation does, by the same rule, with the retention that the inventory says now.
    """
    now = datetime.now(UTC)
    then = now if at is None else at
    if not now <= then <= now + _LONGEST:
        raise click.BadParameter("give one within the next 366 days", param_hint="'--at'")
    promise, own, found, _ = common.kept(directory, definition)
    result = previewed(own, _policy(promise, now, then), then)
    if form == "json":
        told = {**asdict(result), "accept": result.consent if result.waiting else None}
        click.echo(table.as_json(told), nl=False)
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
    return Policy(promise.id, rule, promise.timezone, tuple(fires), declared.base_every)
