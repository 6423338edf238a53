"""`holdfast backup lock`: keep a backup from rotation and deletion."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING

import click

from holdfast.agent import timestamp
from holdfast.cli import options
from holdfast.cli.backup import common
from holdfast.cli.backup.marks import mark
from holdfast.cli.text import LINE
from holdfast.model.lock import day
from holdfast.model.wrong import Wrong

if TYPE_CHECKING:
    from pathlib import Path

_UNTIL = "'--until'"


@click.command()
@common.name
@options.inventory
@common.where
@click.option(
    "--reason",
    type=LINE,
    envvar="HOLDFAST_REASON",
    help="Why it stays: one line, at most 128 characters.",
)
@click.option(
    "--until",
    envvar="HOLDFAST_UNTIL",
    metavar="DATE",
    help="Its last day (UTC); without it, until `unlock`.",
)
def lock(
    name: str, directory: Path, node: str, storage: str, reason: str | None, until: str | None
) -> int:
    """Lock the backup NAME by hand."""
    if not reason:
        raise click.UsageError("give --reason: a lock that nobody can explain is never taken away")
    end = None if until is None else timestamp.to_text(_end(until))
    return mark(directory, common.place(node, storage), "lock", name, reason=reason, until=end)


def _end(text: str) -> datetime:
    """Return when a day that is still part of it is over."""
    try:
        last = day(text)
    except Wrong as wrong:
        raise click.BadParameter(f"{wrong} ({wrong.hint})", param_hint=_UNTIL) from None
    end = datetime.combine(last + timedelta(days=1), time(), UTC)
    if end <= datetime.now(UTC):
        raise click.BadParameter(f"{text} is over", param_hint=_UNTIL)
    return end
