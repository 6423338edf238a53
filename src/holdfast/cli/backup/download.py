"""`holdfast backup download`: bring a backup here."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from holdfast.cli import options, output
from holdfast.cli.backup import common
from holdfast.engine.bringing import PARTS, bringing, stored_file
from holdfast.engine.download import download as bring
from holdfast.engine.download import open_with, opened_name, write
from holdfast.engine.filekey import file_key
from holdfast.engine.outflow import stream
from holdfast.engine.pick import named
from holdfast.engine.written import put
from holdfast.errors import BackupError, SecretError
from holdfast.views.words import size

if TYPE_CHECKING:
    from holdfast.engine.act import Doing
    from holdfast.engine.stock import Stored

# How what a LoadMaster's backup holds is called once it is opened.
_SUFFIXES = {"": ".tar.gz", "parameters": ".parameters.json", "certificates": ".certificates"}


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
@click.option(
    "--part",
    type=click.Choice(PARTS),
    envvar="HOLDFAST_PART",
    help="Of a LoadMaster's backup, in place of its configuration.",
)
def download(
    name: str,
    directory: Path,
    node: str,
    storage: str,
    identity: str | None,
    accept: str | None,
    file: Path | None,
    part: str | None,
) -> int:
    """Download the backup NAME: the stored bytes, or with --identity its content in the clear.

    Broken off, it goes on where it was when it is called again. A LoadMaster's comes as the archive
    that the LoadMaster takes, rebuilt with its base.
    """
    doing = common.doing(directory)
    (backup,) = named(doing.reach, common.place(node, storage), common.NODES, [name])
    if backup.file is None:
        raise BackupError(f"{name} cannot be downloaded: {backup.fault}")
    if not backup.file:
        return _stream(doing, backup, identity, accept, file)
    if backup.type == "loadmaster" and (identity or not backup.is_encrypted):
        return _open(doing, backup, (identity, accept, part or ""), file)
    key = None if identity is None else file_key(doing, backup, identity, accept)
    stored = stored_file(backup, part) if part else backup.file
    target = _new(file or Path(opened_name(stored) if key else stored))
    with bring(doing, backup, target, accept, part or "") as brought:
        if key is None:
            put(brought, target)
        else:
            open_with(key, backup, brought, target)
    if backup.base is not None:
        output.say(f"{name} is an increment: `zfs receive` its base {backup.base} first, then this")
    return _brought(target)


def _stream(
    doing: Doing, backup: Stored, identity: str | None, accept: str | None, file: Path | None
) -> int:
    """Bring the stream of a snapshot, which `zfs receive` takes."""
    if identity is not None:
        raise SecretError(f"{backup.name} is not encrypted by age: no identity is needed")
    target = _new(file or Path(backup.name.rpartition("/")[2] + ".zfs"))
    with stream(doing, backup, target, accept) as brought:
        put(brought, target)
    return _brought(target)


def _new(target: Path) -> Path:
    if target.exists() or target.is_symlink():
        raise BackupError(f"{target}: is there already; nothing was written")
    if not target.parent.is_dir():
        hint = "make it, or name another file with --output"
        raise BackupError(f"{target}: there is no folder {target.parent}: {hint}")
    return target


def _brought(target: Path) -> int:
    output.say(f"{target}: {size(target.stat().st_size)}, proven by its SHA-256")
    return 0


def _open(
    doing: Doing, backup: Stored, how: tuple[str | None, str | None, str], file: Path | None
) -> int:
    """Write what a LoadMaster's backup holds."""
    identity, accept, part = how
    target = _new(file or Path(backup.name.rpartition("/")[2] + _SUFFIXES[part]))
    with bringing(doing, identity, accept) as brought:
        blocks = brought.part(backup, part) if part else brought.archive(backup).archive()
        write(backup, blocks, target)
    return _brought(target)
