"""What the import commands share: where the YAML goes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from holdfast.cli import output
from holdfast.engine.written import make
from holdfast.views.fragment import fragment

if TYPE_CHECKING:
    from holdfast.engine.existing.fragment import Fragment

out = click.option(
    "-o",
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    envvar="HOLDFAST_OUT",
    help="Write there instead of to stdout; never over a file.",
)


def write(subject: Fragment, file: Path | None) -> None:
    """Write a fragment to stdout, or to a file that is not there yet."""
    if file is None:
        click.echo(fragment(subject), nl=False)
        return
    try:
        make({file: fragment(subject)})
    except FileExistsError:
        raise click.ClickException(f"{file}: is there already; nothing was written") from None
    output.say(f"{file}: written; read it, then: holdfast plan")
