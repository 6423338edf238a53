"""`holdfast explain`: what one definition means; contacts nothing."""

from __future__ import annotations

from datetime import UTC, datetime
from difflib import get_close_matches
from typing import TYPE_CHECKING

import click

from holdfast.cli import options
from holdfast.desired import peer
from holdfast.engine.automated import automated
from holdfast.engine.explain import explain as explanation
from holdfast.inventory.load import load
from holdfast.inventory.select import promises
from holdfast.views import automated as of_device
from holdfast.views import explain as view

if TYPE_CHECKING:
    from pathlib import Path


@click.command()
@click.argument("definition", metavar="ID")
@options.inventory
@options.shape("human", "json")
def explain(definition: str, directory: Path, form: str) -> int:
    """Tell when a definition, such as daily@web01:1, fires, what it keeps and who declares it.

    Or what loadmaster/NAME/automated-backup means: a LoadMaster's own schedule.
    """
    inventory = load(directory)
    known = {promise.id: promise for promise in promises(inventory)}
    schedules = automated(inventory)
    if definition in schedules:
        own = schedules[definition]
        click.echo(of_device.as_json(own) if form == "json" else of_device.human(own), nl=False)
        return 0
    if definition not in known:
        near = get_close_matches(definition, [*known, *schedules], n=3)
        hint = f"; did you mean {', '.join(near)}?" if near else ""
        raise click.ClickException(f"{directory}: there is no definition {definition}{hint}")
    promise = known[definition]
    item = explanation(promise, datetime.now(UTC), peer.other(inventory, promise))
    click.echo(view.as_json(item) if form == "json" else view.human(item), nl=False)
    return 0
