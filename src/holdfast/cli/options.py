"""Flags that several commands share, each with its HOLDFAST_ variable."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from collections.abc import Callable

Command = TypeVar("Command", bound="Callable[..., Any]")

inventory = click.option(
    "-i",
    "--inventory",
    "directory",
    type=click.Path(path_type=Path),
    default=Path("inventory"),
    show_default=True,
    envvar="HOLDFAST_INVENTORY",
    help="Directory of YAML files.",
)
target = click.option(
    "--target",
    "targets",
    multiple=True,
    metavar="ADDRESS-GLOB",
    envvar="HOLDFAST_TARGET",
    help="Only these, such as 'node/bkp01/*' (repeatable).",
)
exclude = click.option(
    "--exclude",
    "excludes",
    multiple=True,
    metavar="ADDRESS-GLOB",
    envvar="HOLDFAST_EXCLUDE",
    help="All but these (repeatable).",
)
parallelism = click.option(
    "--parallelism",
    type=click.IntRange(1, 256),
    default=16,
    show_default=True,
    envvar="HOLDFAST_PARALLELISM",
    help="Nodes at a time.",
)
accept = click.option(
    "--accept",
    "accepted",
    multiple=True,
    metavar="RULE@DIGEST",
    envvar="HOLDFAST_ACCEPT",
    help="Consent to what a guard refuses in the plan of that digest (repeatable).",
)


def compared(command: Command) -> Command:
    """Add which inventory is compared with its nodes, which part of it, how many at a time."""
    return inventory(target(exclude(parallelism(command))))


def shape(*formats: str) -> Callable[[Command], Command]:
    """Return the --format option with the given shapes, the first being the default."""
    return click.option(
        "--format",
        "form",
        type=click.Choice(formats),
        default=formats[0],
        show_default=True,
        envvar="HOLDFAST_FORMAT",
        help="Shape of the output.",
    )
