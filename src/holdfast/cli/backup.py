"""`holdfast backup`: the backups that storages hold."""

from __future__ import annotations

import os
from dataclasses import asdict
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

import click

from holdfast.cli import options, output
from holdfast.engine.gather import gather, request
from holdfast.engine.reach import Reach
from holdfast.engine.report import ERROR, any_error, worst
from holdfast.engine.stock import stock
from holdfast.inventory.load import load
from holdfast.views import table

if TYPE_CHECKING:
    from pathlib import Path


@click.group()
def backup() -> None:
    """List backups."""


@backup.command(name="list")
@click.argument("glob", default="*")
@options.inventory
@options.parallelism
@options.shape("human", "json")
def list_(glob: str, directory: Path, parallelism: int, form: str) -> int:
    """List the backups whose name, such as web01:1/daily-20261121_020000, fits GLOB."""
    inventory = load(directory)
    asked = dict.fromkeys(inventory.nodes, request(inventory, {"op": "backups"}))
    answers, unread = gather(Reach(inventory, os.environ), asked, stock, parallelism)
    found = sorted(b for answer in answers for b in answer.backups if fnmatchcase(b.name, glob))
    problems = [problem for answer in answers for problem in answer.problems]
    if form == "json":
        document = {
            "backups": [asdict(b) for b in found],
            "problems": [asdict(p) for p in problems],
            "unread": [asdict(u) for u in unread],
        }
        click.echo(table.as_json(document), nl=False)
    else:
        click.echo(table.stock(found, output.painter()), nl=False)
    output.problems(problems)
    output.unread(unread)
    return worst([*(u.exit_code for u in unread), *([ERROR] if any_error(problems) else [])])
