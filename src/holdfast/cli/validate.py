"""`holdfast validate`: every problem of the inventory at once; contacts nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from holdfast.cli import options, output
from holdfast.inventory.load import load
from holdfast.inventory.select import promises
from holdfast.views.words import clean

if TYPE_CHECKING:
    from pathlib import Path


@click.command()
@options.inventory
def validate(directory: Path) -> int:
    """Check the inventory and report every problem at once."""
    inventory = load(directory)
    output.problems(inventory.warnings)
    counts = (
        f"{len(inventory.nodes)} nodes",
        f"{len(inventory.servers)} servers",
        f"{len(inventory.loadmasters)} LoadMasters",
        f"{len(promises(inventory))} definitions",
    )
    click.echo(clean(f"{directory}: valid: {', '.join(counts)}."))
    return 0
