"""`holdfast backup unlock`: take a lock by hand away."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from holdfast.cli import options
from holdfast.cli.backup import common
from holdfast.cli.backup.marks import mark

if TYPE_CHECKING:
    from pathlib import Path


@click.command()
@common.name
@options.inventory
@common.where
def unlock(name: str, directory: Path, node: str, storage: str) -> int:
    """Take the lock by hand off the backup NAME; one of the inventory stays."""
    return mark(directory, common.place(node, storage), "unlock", name)
