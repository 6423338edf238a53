"""`holdfast backup delete`: delete one backup for good."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from holdfast.cli import options, output
from holdfast.cli.backup import common
from holdfast.engine.act import Act
from holdfast.engine.filter import Filter
from holdfast.engine.pick import find, named
from holdfast.views.words import size

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from holdfast.engine.stock import Stored


@click.command()
@common.name
@options.inventory
@common.where
@common.consent
def delete(name: str, directory: Path, node: str, storage: str, destroys: str | None) -> int:
    """Delete the backup NAME; never a locked one, never one that another needs.

    Where its manifest cannot be read, what bears its name goes and no more.
    """
    doing = common.doing(directory)
    (backup,) = named(doing.reach, common.place(node, storage), common.NODES, [name])
    there = find(doing.reach, common.place("", ""), common.NODES).backups
    anew = _anew(there, backup)
    told = "its manifest cannot be read" if backup.file is None else size(backup.size)
    what = f"{name} on {backup.node} ({told}) will be gone for good"
    common.agreed(name, destroys, what + _last(there, backup) + anew)
    doing.perform(Act.on("delete", backup, destroys=name))
    output.say(f"{name}: deleted on {backup.node}{anew}")
    return 0


def _last(there: Iterable[Stored], backup: Stored) -> str:
    """Return a warning where nothing else of its definition could be restored."""
    if backup.status == "lost":
        return ""
    wanted = Filter(definition=backup.definition, status="ok")
    others = [
        other
        for other in there
        # Of another machine or disk, or unsigned, it is none to go back to.
        if wanted.fits(other) and other.owned == backup.owned and other.vouched
        if other.name != backup.name
    ]
    return "" if others else f"; it is the last good backup of {backup.definition}"


def _anew(there: Iterable[Stored], backup: Stored) -> str:
    """Return a warning where the next snapshot could have been sent since this one alone."""
    if backup.type != "dataset" or any(_follows(other, backup) for other in there):
        return ""
    return f"; the next backup of {backup.source} there is sent whole"


def _follows(other: Stored, backup: Stored) -> bool:
    """Tell whether another backup of the same disk, in the same storage, is a later one."""
    same = (backup.node, backup.storage, backup.source)
    return (other.node, other.storage, other.source) == same and other.created > backup.created
