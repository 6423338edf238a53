"""`holdfast backup verify`: read every stored byte again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from holdfast.cli import options, output
from holdfast.cli.backup import common
from holdfast.cli.text import TEXT
from holdfast.engine.pick import find, named
from holdfast.engine.report import ERROR as FAILED
from holdfast.engine.report import FINDINGS, any_error, worst
from holdfast.engine.verify import longest_unseen, verify_all
from holdfast.views import table
from holdfast.views import verify as view

if TYPE_CHECKING:
    from pathlib import Path

    from holdfast.engine.act import Doing
    from holdfast.engine.pick import Where
    from holdfast.engine.stock import Stored


@click.command()
@click.argument("names", metavar="[NAME...]", nargs=-1, type=TEXT)
@options.inventory
@common.where
@options.shape("human", "json")
@common.trust
@click.option("--all", "everything", is_flag=True, envvar="HOLDFAST_ALL", help="All backups.")
@click.option(
    "--sample",
    type=click.IntRange(1),
    envvar="HOLDFAST_SAMPLE",
    help="So many, those that were not verified for longest: in time, all of them.",
)
def verify(
    names: tuple[str, ...],
    directory: Path,
    node: str,
    storage: str,
    form: str,
    accept: str | None,
    everything: bool,
    sample: int | None,
) -> int:
    """Read backups again on their nodes, and prove each byte by the manifest's SHA-256.

    The content is proven as well where no key is needed for that. What fails is `lost` from then
    on, until it is verified well. Whatever is wrong with a backup, be it damaged, altered or
    unsigned, is exit 2; exit 1 is of an attempt that could not be made.
    """
    if sum((bool(names), everything, sample is not None)) != 1:
        raise click.UsageError("give names, or --all, or --sample N")
    doing, where = common.doing(directory), common.place(node, storage)
    codes: list[int] = []
    if names:
        chosen = named(doing.reach, where, common.NODES, names)
    else:
        chosen = _known(doing, where, codes)
        chosen = chosen if sample is None else longest_unseen(chosen)[:sample]
    checks = []
    for check in verify_all(doing, chosen, accept):
        checks.append(check)
        if form == "human":
            click.echo(view.line(check))
    if form == "json":
        click.echo(table.as_json({"verified": [view.row(check) for check in checks]}), nl=False)
    codes += [check.exit_code for check in checks]
    codes += [FINDINGS] if any(check.fault for check in checks) else []
    return worst(codes)


def _known(doing: Doing, where: Where, codes: list[int]) -> list[Stored]:
    """Return all backups that can be seen, and say what cannot."""
    found = find(doing.reach, where, common.NODES)
    output.problems(found.problems)
    output.unread(found.unread)
    codes += [unread.exit_code for unread in found.unread]
    codes += [FAILED] if any_error(found.problems) else []
    return list(found.backups)
