"""`holdfast backup download`: bring a backup here."""

from __future__ import annotations

from pathlib import Path

import click

from holdfast.cli import options
from holdfast.cli.backup import common
from holdfast.engine.download import download as bring
from holdfast.engine.download import open_with
from holdfast.engine.filekey import file_key
from holdfast.engine.pick import named
from holdfast.errors import BackupError
from holdfast.views.words import size


@click.command()
@common.name
@options.inventory
@common.where
@common.identity
@common.trust
@click.option(
    "-o",
    "--output",
    "file",
    type=click.Path(dir_okay=False, path_type=Path),
    envvar="HOLDFAST_OUTPUT",
    help="The file to make; never one that is there.",
)
def download(
    name: str,
    directory: Path,
    node: str,
    storage: str,
    identity: str | None,
    accept: str | None,
    file: Path | None,
) -> int:
    """Download the backup NAME: the stored bytes, or with --identity its content in the clear.

    Broken off, it goes on where it was when it is called again.
    """
    doing = common.doing(directory)
    (backup,) = named(doing.reach, common.place(node, storage), common.NODES, [name])
    if not backup.file:
        raise BackupError(
            f"{name} is no file that could be downloaded: {backup.fault or 'dataset'}"
        )
    key = None if identity is None else file_key(doing, backup, identity, accept)
    suggested = backup.file.split(".img", 1)[0] + ".img" if key else backup.file
    target = file or Path(suggested)
    if target.exists():
        raise BackupError(f"{target}: is there already; nothing was written")
    part = bring(doing, backup, target, accept)
    if key is None:
        part.rename(target)
    else:
        open_with(key, backup, part, target)
    click.echo(f"{target}: {size(target.stat().st_size)}, proven by its SHA-256", err=True)
    return 0
