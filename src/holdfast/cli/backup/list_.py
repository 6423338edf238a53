"""`holdfast backup list`: the backups that storages hold."""

from __future__ import annotations

import os
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from holdfast.cli import options, output
from holdfast.cli.backup import common
from holdfast.cli.moment import PAST
from holdfast.engine.filter import Filter, of_datacenter, order, refuse_unknown
from holdfast.engine.pick import find
from holdfast.engine.reach import Reach
from holdfast.engine.report import ERROR, any_error, worst
from holdfast.engine.stock import findings
from holdfast.inventory.load import load
from holdfast.model import quantity
from holdfast.model.wrong import Wrong
from holdfast.views import table

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


class Size(click.ParamType[int]):
    """A size as the inventory writes it."""

    name = "size"

    def convert(self, value: str, param: object, ctx: object) -> int:  # noqa: ARG002
        """Return bytes."""
        try:
            return quantity.size(value)
        except Wrong as wrong:
            raise click.BadParameter(f"{wrong} (such as 100MB)") from None


def _only(
    flag: str, kind: click.ParamType[Any] | type[str], says: str
) -> Callable[[options.Command], options.Command]:
    """Return the option of one filter."""
    variable = f"HOLDFAST_{flag.upper()}"
    return click.option(f"--{flag}", type=kind, envvar=variable, help=says)


@click.command(name="list")
@click.argument("glob", default="*")
@options.inventory
@options.parallelism
@options.shape("human", "json")
@common.where
@_only("datacenter", str, "Of its servers and LoadMasters.")
@_only("server", str, "Of this server or LoadMaster.")
@_only("disk", click.IntRange(1, 99), "Of this disk.")
@_only("definition", str, "Of this definition, by ID or name.")
@_only("type", click.Choice(["dataset", "file", "loadmaster"]), "Of this type.")
@_only("status", click.Choice(["ok", "pending", "restore", "lost"]), "Of this status.")
@_only("larger", Size(), "Of at least this size.")
@_only("smaller", Size(), "Of at most this size.")
@_only("since", PAST, "Made then or later.")
@_only("until", PAST, "Made then or earlier.")
@click.option(
    "--sort",
    type=click.Choice(["name", "created", "size"]),
    default="name",
    show_default=True,
    envvar="HOLDFAST_SORT",
    help="The newest or the largest first, or by name.",
)
def list_(
    glob: str,
    directory: Path,
    parallelism: int,
    form: str,
    node: str,
    storage: str,
    datacenter: str | None,
    sort: str,
    **wanted: Any,
) -> int:
    """List the backups whose name, such as web01:1/daily-20261121_020000, fits GLOB."""
    reach = Reach(load(directory), os.environ)
    servers = of_datacenter(reach, datacenter) if datacenter else None
    asked = Filter(glob, servers=servers, **wanted)
    where = common.place(node, storage)
    found = find(reach, where, parallelism)
    refuse_unknown(reach.inventory, asked, where, found)
    shown = order(filter(asked.fits, found.backups), sort)
    if form == "json":
        document = {
            "backups": [asdict(b) | {"type": b.type, "kind": b.kind} for b in shown],
            "problems": [asdict(p) for p in found.problems],
            "unread": [asdict(u) for u in found.unread],
        }
        click.echo(table.as_json(document), nl=False)
    else:
        click.echo(table.stock(shown, output.painter()), nl=False)
        output.remarks("finding", findings(shown))
    output.problems(found.problems)
    output.unread(found.unread)
    codes = [unread.exit_code for unread in found.unread]
    return worst([*codes, *([ERROR] if any_error(found.problems) else [])])
