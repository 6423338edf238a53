"""`holdfast init`: a first inventory to fill in."""

from __future__ import annotations

import json
from importlib import resources
from pathlib import Path

import click

from holdfast.engine.written import make
from holdfast.inventory.schema import schema
from holdfast.views.words import clean


@click.command()
@click.argument("directory", default="inventory", type=click.Path(path_type=Path))
def init(directory: Path) -> int:
    """Start an inventory directory with an example; never writes over anything."""
    target = directory / "inventory.yaml"
    if directory.exists() and any(directory.iterdir()):
        raise click.ClickException(f"{directory}: is not empty; nothing was written")
    directory.mkdir(parents=True, exist_ok=True)
    template = resources.files("holdfast.cli").joinpath("init.yaml").read_text(encoding="utf-8")
    text = json.dumps(schema(), indent=2) + "\n"
    make({target: template, directory / "inventory.schema.json": text})
    click.echo(clean(f"{target}: written; fill it in, then: holdfast validate -i {directory}"))
    return 0
