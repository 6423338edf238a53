"""`holdfast backup restore`: put a backup back on its node."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from holdfast.agent.loadmaster.parts import ALL
from holdfast.cli import options, output
from holdfast.cli.backup import common
from holdfast.cli.backup.reinstate import order, put_back
from holdfast.engine.filekey import keys_of
from holdfast.engine.goal import new_dataset, new_file, server_disk
from holdfast.engine.pick import named, refuse_unknown_node
from holdfast.engine.reinstate import UNSIGNED
from holdfast.engine.restore import restore_to

if TYPE_CHECKING:
    from pathlib import Path

    from holdfast.engine.act import Doing
    from holdfast.engine.filekey import Keys
    from holdfast.engine.goal import Goal
    from holdfast.engine.stock import Stored
    from holdfast.inventory.inventory import Inventory


@click.command()
@common.name
@options.inventory
@common.where
@click.option(
    "--to",
    "disk",
    metavar="SERVER:DISK|LOADMASTER",
    envvar="HOLDFAST_TO",
    help="Replace this disk, or this LoadMaster's configuration.",
)
@click.option(
    "--to-dataset",
    "dataset",
    metavar="DATASET",
    envvar="HOLDFAST_TO_DATASET",
    help="Make this new dataset there.",
)
@click.option(
    "--to-file", "path", metavar="PATH", envvar="HOLDFAST_TO_FILE", help="Make this new file there."
)
@click.option(
    "--on",
    "there",
    metavar="NODE",
    envvar="HOLDFAST_ON",
    help="Where the new dataset or file is made; without it, on the backup's own node.",
)
@click.option(
    "--parts",
    metavar="PART,…",
    envvar="HOLDFAST_PARTS",
    help="Of a LoadMaster: base, vs, geo, sso, or all of them; certificates.",
)
@common.identity
@common.agreements
@common.consent
def restore(
    name: str,
    directory: Path,
    node: str,
    storage: str,
    disk: str | None,
    dataset: str | None,
    path: str | None,
    there: str | None,
    parts: str | None,
    identity: str | None,
    accepted: tuple[str, ...],
    destroys: str | None,
) -> int:
    """Restore the backup NAME, on the node that holds it or straight from there to another one.

    The new data is whole and proven before the old goes; nothing happens to a disk that is in use.
    Of an encrypted backup the node gets the key of this one file, no more. A LoadMaster gets back
    all parts of its configuration, or those that are named, after a backup of what is there.
    """
    _refuse_target(name, (disk, dataset, path), there)
    doing = common.doing(directory)
    (backup,) = named(doing.reach, common.place(node, storage), common.NODES, [name])
    if backup.type == "loadmaster":
        asked = order(
            doing.reach.inventory, backup, disk, ALL if parts is None else parts, accepted
        )
        return put_back(doing, backup, asked, identity, destroys)
    accept = _accepted(parts, accepted)
    goal = _goal(doing.reach.inventory, there or backup.node, (disk, dataset, path))
    keys = keys_of(doing, backup, identity, accept)
    if goal.destroys is not None:
        what = f"the disk {goal.name}, {goal.place} on {goal.node}, is replaced by {name}"
        what += f": what was written to it since {backup.created} will be gone"
        common.agreed(goal.name, destroys, what)
    _put_back(doing, backup, goal, keys, accept)
    return 0


def _put_back(doing: Doing, backup: Stored, goal: Goal, keys: Keys, accept: str | None) -> None:
    """Have a disk's backup put at its goal, and say what that means for the next ones."""
    done = restore_to(doing, backup, goal, keys, accept)
    output.say(f"{backup.name}: restored to {goal.node}:{goal.place}")
    for promise in done.begin_anew:
        output.say(f"the next backup of {promise} is sent whole: the disk's snapshots are new")
    if done.told:
        output.say(done.told)


def _refuse_target(
    name: str, target: tuple[str | None, str | None, str | None], there: str | None
) -> None:
    """Raise UsageError unless it is said where a disk's backup goes, or a LoadMaster's is meant."""
    if ":" in name:
        if target[0] is not None and there is not None:
            message = "--on is for --to-dataset and --to-file: a server has its own node"
            raise click.UsageError(message)
        if sum(place is not None for place in target) != 1:
            raise click.UsageError("give --to SERVER:DISK, --to-dataset DATASET or --to-file PATH")
    elif any((*target[1:], there)):
        raise click.UsageError("a LoadMaster's backup goes to a LoadMaster: --to LOADMASTER")


def _accepted(parts: str | None, accepted: tuple[str, ...]) -> str | None:
    """Return what a disk's restore may accept; raise UsageError for what only LoadMasters have."""
    if parts is not None or set(accepted) - {UNSIGNED}:
        raise click.UsageError("--parts and what else is accepted are for LoadMasters' backups")
    return UNSIGNED if accepted else None


def _goal(
    inventory: Inventory, node: str, target: tuple[str | None, str | None, str | None]
) -> Goal:
    disk, dataset, path = target
    if disk is not None:
        return server_disk(inventory, disk)
    refuse_unknown_node(inventory, node)
    return new_dataset(node, dataset) if dataset is not None else new_file(node, path or "")
