"""A group of commands that are imported only when called, each from its own file."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Mapping

_TAKEN = frozenset({"import", "list"})


def group(package: str, commands: Mapping[str, str]) -> type[click.Group]:
    """Return the group of a package's commands, a name and a line of help each, in their order.

    A command stands in the module of its name, under that name; one that Python has taken, such as
    `list` or `import`, has an underscore behind it in both places.
    """

    class Commands(click.Group):
        """The commands by name, each in its own file."""

        def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
            """Return them in their order."""
            return list(commands)

        def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
            """Import a command; None if there is none of that name."""
            if cmd_name not in commands:
                return None
            name = f"{cmd_name}_" if cmd_name in _TAKEN else cmd_name
            return getattr(importlib.import_module(f"{package}.{name}"), name)  # type: ignore[no-any-return]  # by name

        def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
            """Write the list without importing anything."""
            with formatter.section("Commands"):
                formatter.write_dl(list(commands.items()))

    return Commands
