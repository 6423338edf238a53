"""`holdfast show`: a saved plan, at any age."""

from __future__ import annotations

from pathlib import Path

import click

from holdfast.cli import options, output, saved


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@options.shape("human", "json", "markdown")
def show(file: Path, form: str) -> int:
    """Show a saved plan; its age does not matter."""
    output.plan(saved.load(file), form)
    return 0
