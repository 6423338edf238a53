"""`holdfast schema`: the JSON Schema of an inventory file, for editors."""

from __future__ import annotations

import json

import click

from holdfast.inventory.schema import schema as inventory_schema


@click.command()
def schema() -> int:
    """Print the JSON Schema of an inventory file."""
    click.echo(json.dumps(inventory_schema(), indent=2))
    return 0
