"""`holdfast backup`: the backups that storages hold, one small file a command."""

from __future__ import annotations

import importlib

import click

# Imported only when called, as in `main`; in the order of a backup's life.
COMMANDS = {
    "now": "Start a run at once, in its turn, and follow it.",
    "cancel": "End a queued or running run.",
    "list": "List backups.",
    "show": "Show all that is known of backups.",
    "verify": "Read every stored byte again.",
    "download": "Bring a backup here.",
    "restore": "Put a backup back on its node.",
    "delete": "Delete one backup for good.",
    "lock": "Keep a backup from rotation and deletion.",
    "unlock": "Take a lock by hand away.",
    "note": "Put a note beside a backup.",
}
_MODULES = {"list": "list_"}


class Commands(click.Group):
    """The commands by name, each in its own file."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """Return them in the order of a backup's life."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Import a command; None if there is none of that name."""
        if cmd_name not in COMMANDS:
            return None
        name = _MODULES.get(cmd_name, cmd_name)
        return getattr(importlib.import_module(f"holdfast.cli.backup.{name}"), name)  # type: ignore[no-any-return]  # by name

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """Write the list without importing anything."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.command(cls=Commands)
def backup() -> None:
    """List, make, prove, bring back and remove backups."""
