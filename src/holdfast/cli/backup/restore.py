"""`holdfast backup restore`: put a backup back on its node."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from holdfast.cli import options, output
from holdfast.cli.backup import common
from holdfast.engine.filekey import keys_of
from holdfast.engine.pick import named
from holdfast.engine.restore import new_dataset, new_file, restore_to, server_disk

if TYPE_CHECKING:
    from pathlib import Path

    from holdfast.engine.restore import Goal
    from holdfast.engine.stock import Stored
    from holdfast.inventory.inventory import Inventory


@click.command()
@common.name
@options.inventory
@common.where
@click.option(
    "--to", "disk", metavar="SERVER:DISK", envvar="HOLDFAST_TO", help="Replace this disk."
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
@common.identity
@common.trust
@common.consent
def restore(
    name: str,
    directory: Path,
    node: str,
    storage: str,
    disk: str | None,
    dataset: str | None,
    path: str | None,
    identity: str | None,
    accept: str | None,
    destroys: str | None,
) -> int:
    """Restore the backup NAME on the node that holds it.

    The new data is whole and proven before the old goes; nothing happens to a disk that is in use.
    Of an encrypted backup the node gets the key of this one file, no more.
    """
    if sum(target is not None for target in (disk, dataset, path)) != 1:
        raise click.UsageError("give --to SERVER:DISK, --to-dataset DATASET or --to-file PATH")
    doing = common.doing(directory)
    (backup,) = named(doing.reach, common.place(node, storage), common.NODES, [name])
    goal = _goal(doing.reach.inventory, backup, (disk, dataset, path))
    keys = keys_of(doing, backup, identity, accept)
    if goal.destroys is not None:
        what = f"the disk {goal.name}, {goal.place} on {backup.node}, is replaced by {name}"
        common.agreed(goal.name, destroys, what)
    done = restore_to(doing, backup, goal, keys, accept)
    click.echo(f"{name}: restored to {backup.node}:{goal.place}", err=True)
    for promise in done.begin_anew:
        output.say(f"the next backup of {promise} is sent whole: the disk's snapshots are new")
    if done.told:
        output.say(done.told)
    return 0


def _goal(
    inventory: Inventory, backup: Stored, target: tuple[str | None, str | None, str | None]
) -> Goal:
    disk, dataset, path = target
    if disk is not None:
        return server_disk(inventory, backup, disk)
    return new_dataset(dataset) if dataset is not None else new_file(path or "")
