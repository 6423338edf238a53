"""`holdfast backup cancel`: end a queued or running run."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from holdfast.cli import options, output
from holdfast.cli.backup import common
from holdfast.cli.text import TEXT
from holdfast.engine.act import Act, request
from holdfast.engine.cancel import canceled
from holdfast.engine.gather import gather
from holdfast.engine.pick import nodes
from holdfast.engine.reach import Purpose
from holdfast.engine.report import ERROR, worst
from holdfast.views.words import clean

if TYPE_CHECKING:
    from pathlib import Path


@click.command()
@click.argument("run", type=TEXT)
@options.inventory
@options.parallelism
@common.node
def cancel(run: str, directory: Path, parallelism: int, node: str) -> int:
    """End a run by its name, or all that a definition, by its ID, has queued and running."""
    doing = common.doing(directory)
    asked = {
        name: request(doing.reach, doing.author, Act("cancel", name, {"run": run}))
        for name in nodes(doing.reach.inventory, node)
    }
    answers, unread = gather(doing.reach, asked, canceled, parallelism, Purpose.APPLY)
    ended = [row for answer in answers for row in answer]
    for row in ended:
        click.echo(clean(f"{row.definition} {row.run}: {row.status}"))
    output.unread(unread)
    absent = not ended and not unread
    if absent:
        output.say(f"{run}: nothing of that name is queued or running")
    return worst([*(u.exit_code for u in unread), *([ERROR] if absent else [])])
