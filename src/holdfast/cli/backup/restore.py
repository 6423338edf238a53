"""`holdfast backup restore`: put a backup back on its node."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from holdfast.cli import options, output
from holdfast.cli.backup import common
from holdfast.engine.filekey import keys_of
from holdfast.engine.goal import new_dataset, new_file, server_disk
from holdfast.engine.pick import named
from holdfast.engine.restore import restore_to

if TYPE_CHECKING:
    from pathlib import Path

    from holdfast.engine.goal import Goal
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
@click.option(
    "--on",
    "there",
    metavar="NODE",
    envvar="HOLDFAST_ON",
    help="Where the new dataset or file is made; without it, on the backup's own node.",
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
    there: str | None,
    identity: str | None,
    accept: str | None,
    destroys: str | None,
) -> int:
    """Restore the backup NAME, on the node that holds it or straight from there to another one.

    The new data is whole and proven before the old goes; nothing happens to a disk that is in use.
    Of an encrypted backup the node gets the key of this one file, no more.
    """
    if sum(target is not None for target in (disk, dataset, path)) != 1:
        raise click.UsageError("give --to SERVER:DISK, --to-dataset DATASET or --to-file PATH")
    if disk is not None and there is not None:
        raise click.UsageError("--on is for --to-dataset and --to-file: a server has its own node")
    doing = common.doing(directory)
    (backup,) = named(doing.reach, common.place(node, storage), common.NODES, [name])
    node = there or backup.node
    goal = _goal(doing.reach.inventory, node, (disk, dataset, path))
    keys = keys_of(doing, backup, identity, accept)
    if goal.destroys is not None:
        what = f"the disk {goal.name}, {goal.place} on {goal.node}, is replaced by {name}"
        common.agreed(goal.name, destroys, what)
    done = restore_to(doing, backup, goal, keys, accept)
    click.echo(f"{name}: restored to {goal.node}:{goal.place}", err=True)
    for promise in done.begin_anew:
        output.say(f"the next backup of {promise} is sent whole: the disk's snapshots are new")
    if done.told:
        output.say(done.told)
    return 0


def _goal(
    inventory: Inventory, node: str, target: tuple[str | None, str | None, str | None]
) -> Goal:
    disk, dataset, path = target
    if disk is not None:
        return server_disk(inventory, disk)
    return new_dataset(node, dataset) if dataset is not None else new_file(node, path or "")
