"""`holdfast backup cancel`: end a queued or running run."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from holdfast.cli import options, output
from holdfast.cli.backup import common
from holdfast.engine.act import Act, request
from holdfast.engine.cancel import canceled
from holdfast.engine.gather import gather
from holdfast.engine.reach import Purpose
from holdfast.engine.report import ERROR, worst
from holdfast.views.words import clean

if TYPE_CHECKING:
    from pathlib import Path


@click.command()
@click.argument("run")
@options.inventory
@options.parallelism
@click.option("--node", default="", envvar="HOLDFAST_NODE", help="Look only there.")
def cancel(run: str, directory: Path, parallelism: int, node: str) -> int:
    """End a run by its name, or all that a definition, by its ID, has queued and running."""
    doing = common.doing(directory)
    nodes = [node] if node else list(doing.reach.inventory.nodes)
    asked = {
        name: request(doing.reach, doing.author, Act("cancel", name, {"run": run}))
        for name in nodes
    }
    answers, unread = gather(doing.reach, asked, canceled, parallelism, Purpose.APPLY)
    ended = [row for answer in answers for row in answer]
    for row in ended:
        click.echo(clean(f"{row.definition} {row.run}: {row.status}"))
    output.unread(unread)
    if not ended:
        output.say(f"{run}: nothing of that name is queued or running")
    return worst([*(u.exit_code for u in unread), *([] if ended else [ERROR])])
