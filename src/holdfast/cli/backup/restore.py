"""`holdfast backup restore`: put a backup back on its node."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from holdfast.cli import options
from holdfast.cli.backup import common
from holdfast.engine.filekey import file_key
from holdfast.engine.pick import named
from holdfast.engine.restore import new_file, restore_to, server_disk

if TYPE_CHECKING:
    from pathlib import Path


@click.command()
@common.name
@options.inventory
@common.where
@click.option(
    "--to", "disk", metavar="SERVER:DISK", envvar="HOLDFAST_TO", help="Replace this disk."
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
    path: str | None,
    identity: str | None,
    accept: str | None,
    destroys: str | None,
) -> int:
    """Restore the backup NAME on the node that holds it.

    The new image is whole and proven before the old one goes; nothing happens to an image that any
    process has open. Of an encrypted backup the node gets the key of this one file, no more.
    """
    if (disk is None) == (path is None):
        raise click.UsageError("give --to SERVER:DISK or --to-file PATH")
    doing = common.doing(directory)
    (backup,) = named(doing.reach, common.place(node, storage), common.NODES, [name])
    target = new_file(path) if path else server_disk(doing.reach.inventory, backup, disk or "")
    key = file_key(doing, backup, identity, accept)
    if target.destroys is not None:
        what = f"the disk {target.name}, {target.destroys} on {backup.node}, is replaced by {name}"
        common.agreed(target.name, destroys, what)
    restore_to(doing, backup, target, key, accept)
    click.echo(f"{name}: restored to {backup.node}:{target.place}", err=True)
    return 0
