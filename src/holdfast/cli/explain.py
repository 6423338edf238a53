"""`holdfast explain`: what one definition means; contacts nothing."""

from __future__ import annotations

from datetime import UTC, datetime
from difflib import get_close_matches
from typing import TYPE_CHECKING

import click

from holdfast.cli import options
from holdfast.engine.explain import explain as explanation
from holdfast.inventory.load import load
from holdfast.inventory.select import promises
from holdfast.views import explain as view

if TYPE_CHECKING:
    from pathlib import Path


@click.command()
@click.argument("definition", metavar="ID")
@options.inventory
@options.shape("human", "json")
def explain(definition: str, directory: Path, form: str) -> int:
    """Tell when a definition, such as daily@web01:1, fires, what it keeps and who declares it."""
    known = {promise.id: promise for promise in promises(load(directory))}
    if definition not in known:
        near = get_close_matches(definition, known, n=3)
        hint = f"; did you mean {', '.join(near)}?" if near else ""
        raise click.ClickException(f"{directory}: there is no definition {definition}{hint}")
    item = explanation(known[definition], datetime.now(UTC))
    click.echo(view.as_json(item) if form == "json" else view.human(item), nl=False)
    return 0
