"""`holdfast show`: a saved plan, at any age."""

from __future__ import annotations

from pathlib import Path

import click

from holdfast.cli import options, output
from holdfast.plan import planfile


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@options.shape("human", "json", "markdown")
def show(file: Path, form: str) -> int:
    """Show a saved plan; its age does not matter."""
    output.plan(planfile.loads(file.read_text(encoding="utf-8")), form)
    return 0
