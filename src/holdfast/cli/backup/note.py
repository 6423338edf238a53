"""`holdfast backup note`: put a note beside a backup."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from holdfast.cli import options
from holdfast.cli.backup import common
from holdfast.cli.backup.marks import mark
from holdfast.cli.text import LINE

if TYPE_CHECKING:
    from pathlib import Path


@click.command()
@common.name
@click.argument("text", type=LINE)
@options.inventory
@common.where
def note(name: str, text: str, directory: Path, node: str, storage: str) -> int:
    """Note TEXT, at most 128 characters, beside the backup NAME; an empty one takes it away."""
    return mark(directory, common.place(node, storage), "note", name, text=text)
