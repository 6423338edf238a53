"""`holdfast backup diff`: what changed between two backups of a LoadMaster."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from holdfast.cli import options
from holdfast.cli.backup import common
from holdfast.cli.text import TEXT
from holdfast.engine.difference import UNKNOWN
from holdfast.engine.history import Opening, compare
from holdfast.engine.report import ERROR, OK
from holdfast.views import difference as view
from holdfast.views import table

if TYPE_CHECKING:
    from pathlib import Path


@click.command()
@click.argument("before", type=TEXT)
@click.argument("after", type=TEXT)
@options.inventory
@common.where
@common.identity
@common.trust
@common.everything
@options.shape("human", "json")
def diff(
    before: str,
    after: str,
    directory: Path,
    node: str,
    storage: str,
    identity: str | None,
    accept: str | None,
    form: str,
    *,
    everything: bool,
) -> int:
    """Show which members and parameters changed from backup BEFORE to backup AFTER.

    Both are brought here and opened here; values that may be secrets are not shown. Where not all
    could be compared and nothing differs, that is said, with exit 1: it is not "nothing changed".
    """
    doing = common.doing(directory)
    opening = Opening(identity, accept)
    told = compare(doing, common.place(node, storage), (before, after), opening)
    shown = told if everything else told.steady()
    if form == "json":
        click.echo(table.as_json(view.row(shown)), nl=False)
    else:
        click.echo(view.diff(shown), nl=False)
    return ERROR if told.verdict == UNKNOWN else OK
