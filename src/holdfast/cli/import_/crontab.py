"""`holdfast import crontab`: what cron is told on a node."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import click

from holdfast.cli import options, output
from holdfast.cli.import_ import common
from holdfast.engine.act import Act, Doing
from holdfast.engine.author import author
from holdfast.engine.decode import fitting
from holdfast.engine.existing import crontab as existing
from holdfast.engine.observe import observe, requests
from holdfast.engine.pick import refuse_unknown_node
from holdfast.engine.reach import Purpose, Reach
from holdfast.engine.report import OK, PARTIAL
from holdfast.inventory.load import load
from holdfast.plan.scope import Scope

if TYPE_CHECKING:
    from pathlib import Path


@click.command()
@click.argument("node")
@options.inventory
@common.out
def crontab(node: str, directory: Path, out: Path | None) -> int:
    """Write definitions of NODE that the inventory lacks, and list what else cron fires there."""
    inventory = load(directory)
    refuse_unknown_node(inventory, node)
    reach = Reach(inventory, os.environ)
    scope = Scope((f"node/{node}/*",))
    seen = observe(reach, requests(inventory, (), {}, scope), Purpose.APPLY, 1)
    output.unread(seen.unread)
    if not seen.actual:
        return seen.unread[0].exit_code
    (answer,) = seen.actual
    output.problems(answer.problems)
    told = Doing(reach, author(directory, os.environ), lambda _: None).perform(Act("crontab", node))
    with fitting(node):
        entries = [existing.entry(line) for line in told["entries"]]
        faults = [str(fault) for fault in told["faults"]]
    for fault in faults:
        output.say(f"node/{node}: not read: {fault}")
    common.write(existing.crontab(inventory, answer, entries), out)
    return PARTIAL if faults else OK
