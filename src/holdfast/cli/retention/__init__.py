"""`holdfast retention`: what a definition keeps and drops of the backups that exist."""

from __future__ import annotations

import click

from holdfast.cli import lazy

COMMANDS = {
    "preview": "Tell what stays and what goes, and why.",
    "approve": "Agree that old backups go which wait for it.",
}


@click.command(cls=lazy.group("holdfast.cli.retention", COMMANDS))
def retention() -> None:
    """Preview what a retention keeps and drops, and agree to what waits."""
