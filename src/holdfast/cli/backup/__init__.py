"""`holdfast backup`: the backups that storages hold, one small file a command."""

from __future__ import annotations

import click

from holdfast.cli import lazy

# Imported only when called, as in `main`; in the order of a backup's life.
COMMANDS = {
    "now": "Start a run at once, in its turn, and follow it.",
    "cancel": "End a queued or running run.",
    "list": "List backups.",
    "show": "Show all that is known of backups.",
    "log": "Show what changed from backup to backup of a LoadMaster.",
    "diff": "Show what changed between two backups of a LoadMaster.",
    "verify": "Read every stored byte again.",
    "download": "Bring a backup here.",
    "restore": "Put a backup back on its node.",
    "delete": "Delete one backup for good.",
    "lock": "Keep a backup from rotation and deletion.",
    "unlock": "Take a lock by hand away.",
    "note": "Put a note beside a backup.",
}


@click.command(cls=lazy.group("holdfast.cli.backup", COMMANDS))
def backup() -> None:
    """List, make, prove, bring back and remove backups."""
