"""`holdfast backup delete`: delete one backup for good."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from holdfast.cli import options, output
from holdfast.cli.backup import common
from holdfast.engine.act import Act
from holdfast.engine.pick import Filter, find, named
from holdfast.views.words import size

if TYPE_CHECKING:
    from pathlib import Path

    from holdfast.engine.reach import Reach
    from holdfast.engine.stock import Stored


@click.command()
@common.name
@options.inventory
@common.where
@common.consent
def delete(name: str, directory: Path, node: str, storage: str, destroys: str | None) -> int:
    """Delete the backup NAME; never a locked one, never one that another needs."""
    doing = common.doing(directory)
    (backup,) = named(doing.reach, common.place(node, storage), common.NODES, [name])
    what = f"{name} on {backup.node} ({size(backup.size)}) will be gone for good"
    common.agreed(name, destroys, what + _last(doing.reach, backup))
    doing.perform(Act.on("delete", backup, destroys=name))
    output.say(f"{name}: deleted on {backup.node}")
    return 0


def _last(reach: Reach, backup: Stored) -> str:
    """Return a warning where nothing else of its definition could be restored."""
    wanted = Filter(definition=backup.definition, status="ok")
    there = find(reach, common.place("", ""), common.NODES).backups
    others = [other for other in there if wanted.fits(other) and other.name != backup.name]
    return "" if others else f"; it is the last good backup of {backup.definition}"
