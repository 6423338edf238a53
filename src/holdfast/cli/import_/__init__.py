"""`holdfast import`: what exists already as YAML, one small file a kind of thing."""

from __future__ import annotations

import click

from holdfast.cli import lazy

COMMANDS = {
    "crontab": "What cron is told on a node.",
    "loadmaster": "A LoadMaster and its automated backup.",
}


@click.command(cls=lazy.group("holdfast.cli.import_", COMMANDS))
def import_() -> None:
    """Write YAML for what exists already; nothing is changed there."""
