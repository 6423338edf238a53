"""`holdfast backup show`: all that is known of backups."""

from __future__ import annotations

import os
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from holdfast.cli import options
from holdfast.cli.backup import common
from holdfast.engine.pick import named
from holdfast.engine.reach import Reach
from holdfast.inventory.load import load
from holdfast.views import backup as view
from holdfast.views import table

if TYPE_CHECKING:
    from pathlib import Path


@click.command()
@common.names
@options.inventory
@common.where
@options.shape("human", "json")
def show(names: tuple[str, ...], directory: Path, node: str, storage: str, form: str) -> int:
    """Show the backups of these names: where, when, which bytes, whose, locked by whom."""
    reach = Reach(load(directory), os.environ)
    found = named(reach, common.place(node, storage), common.NODES, names)
    if form == "json":
        backups = [asdict(b) | {"type": b.type, "kind": b.kind} for b in found]
        click.echo(table.as_json({"backups": backups}), nl=False)
    else:
        click.echo("\n".join(view.show(b) for b in found), nl=False)
    return 0
