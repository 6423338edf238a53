"""What goes to stdout, in the shape that --format asks for."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import click

from holdfast.plan import planfile
from holdfast.views.human import SETTLED, human, plain

if TYPE_CHECKING:
    from collections.abc import Iterable

    from holdfast.plan.actual import Unread
    from holdfast.plan.plan import Plan
    from holdfast.problem import Problem


def plan(subject: Plan, form: str, settled: str = SETTLED) -> None:
    """Print a plan."""
    if form == "json":
        text = planfile.dumps(subject)
    elif form == "markdown":
        from holdfast.views.markdown import markdown  # noqa: PLC0415  # loads jinja2

        text = markdown(subject)
    else:
        text = human(subject, paint if coloured() else plain, settled)
    click.echo(text, nl=False)


def problems(found: Iterable[Problem]) -> None:
    """Print problems, one a line, to stderr."""
    for problem in found:
        click.echo(str(problem), err=True)


def coloured() -> bool:
    """Tell whether stdout wants colour: a terminal, and neither NO_COLOR nor a dumb one."""
    return (
        sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    )


def paint(text: str, colour: str) -> str:
    """Return the text in a colour."""
    return click.style(text, fg=colour)


def unread(nodes: Iterable[Unread]) -> None:
    """Print the nodes that gave no whole answer, one a line, to stderr."""
    for node in nodes:
        click.echo(f"node/{node.target}: not read: {node.reason}", err=True)


def remarks(word: str, texts: Iterable[str]) -> None:
    """Print what goes beside a table, one a line, to stderr."""
    for text in texts:
        click.echo(f"{word}: {text}", err=True)
