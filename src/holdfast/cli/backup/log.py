"""`holdfast backup log`: the history of a LoadMaster's configuration, told from its backups."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import TYPE_CHECKING

import click

from holdfast.cli import options, output
from holdfast.cli.backup import common
from holdfast.engine.difference import UNKNOWN
from holdfast.engine.history import Opening
from holdfast.engine.history import log as history
from holdfast.engine.report import ERROR, any_error, worst
from holdfast.errors import BackupError
from holdfast.views import difference as view
from holdfast.views import table

if TYPE_CHECKING:
    from pathlib import Path


@click.command()
@click.argument("loadmaster")
@options.inventory
@common.where
@common.identity
@common.trust
@common.everything
@click.option(
    "--last",
    type=click.IntRange(1),
    default=20,
    show_default=True,
    envvar="HOLDFAST_LAST",
    help="So many backups, the newest.",
)
@options.shape("human", "json")
def log(
    loadmaster: str,
    directory: Path,
    node: str,
    storage: str,
    identity: str | None,
    accept: str | None,
    last: int,
    form: str,
    *,
    everything: bool,
) -> int:
    """Show what changed from backup to backup of LOADMASTER, the newest first.

    Without --identity encrypted backups are listed, and said to be not compared.
    """
    doing = common.doing(directory)
    where, opening = common.place(node, storage), Opening(identity, accept)
    entries, found = history(doing, where, loadmaster, opening, last)
    if not entries and not found.unread and not any_error(found.problems):
        raise BackupError(f"there is no backup of a LoadMaster {loadmaster}")
    if not everything:
        entries = [
            replace(each, changes=each.changes and each.changes.steady()) for each in entries
        ]
    if form == "json":
        document = {
            "loadmaster": loadmaster,
            "backups": [view.entry_row(each) for each in entries],
            "problems": [asdict(problem) for problem in found.problems],
            "unread": [asdict(unread) for unread in found.unread],
        }
        click.echo(table.as_json(document), nl=False)
    else:
        click.echo(view.log(entries), nl=False)
    output.problems(found.problems)
    output.unread(found.unread)
    unclear = any(each.changes and each.changes.verdict == UNKNOWN for each in entries)
    bad = unclear or any_error(found.problems)
    return worst([*(unread.exit_code for unread in found.unread), *([ERROR] if bad else [])])
