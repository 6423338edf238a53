"""`holdfast status`: how every definition fares on its node."""

from __future__ import annotations

import os
from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from holdfast.cli import options, output
from holdfast.desired.automated_backup import connected
from holdfast.engine import devices
from holdfast.engine.gather import gather, request
from holdfast.engine.reach import Reach
from holdfast.engine.report import ERROR, FINDINGS, any_error, worst
from holdfast.engine.status import findings, node_status
from holdfast.inventory.load import load
from holdfast.inventory.select import promises
from holdfast.views import table

if TYPE_CHECKING:
    from pathlib import Path

    from holdfast.problem import Problem


@click.command()
@options.inventory
@options.parallelism
@options.shape("human", "json")
@click.option("--check", is_flag=True, envvar="HOLDFAST_CHECK", help="Exit 2 on findings.")
def status(directory: Path, parallelism: int, form: str, check: bool) -> int:
    """Show the last and next run of every definition."""
    inventory = load(directory)
    asked = {
        node: request(inventory, {"op": "status", "loadmasters": behind})
        for node, behind in connected(inventory).items()
    }
    nodes, unread = gather(Reach(inventory, os.environ), asked, node_status, parallelism)
    found = findings(nodes, promises(inventory), datetime.now(UTC))
    found += tuple(plain(problem) for problem in devices.findings(inventory, nodes))
    if form == "json":
        document = {
            "nodes": [asdict(n) for n in nodes],
            "unread": [asdict(u) for u in unread],
            "findings": found,
        }
        click.echo(table.as_json(document), nl=False)
    else:
        click.echo(table.status(nodes, output.painter()), nl=False)
        output.remarks("finding", found)
    problems = [problem for node in nodes for problem in node.problems]
    output.problems(problems)
    output.unread(unread)
    codes = [u.exit_code for u in unread] + ([ERROR] if any_error(problems) else [])
    return worst([*codes, *([FINDINGS] if check and found else [])])


def plain(finding: Problem) -> str:
    """Return a finding as the table's other findings are said."""
    hint = f" ({finding.hint})" if finding.hint else ""
    return f"{finding.where}: {finding.what}{hint}"
