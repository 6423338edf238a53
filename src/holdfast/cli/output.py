"""What goes to stdout, in the shape that --format asks for."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import click

from holdfast.plan import planfile
from holdfast.views.human import SETTLED, human
from holdfast.views.words import clean, plain

if TYPE_CHECKING:
    from collections.abc import Iterable

    from holdfast.plan.actual import Unread
    from holdfast.plan.plan import Plan
    from holdfast.problem import Problem
    from holdfast.views.words import Paint


def plan(subject: Plan, form: str, settled: str = SETTLED) -> None:
    """Print a plan."""
    if form == "json":
        text = planfile.dumps(subject)
    elif form == "markdown":
        from holdfast.views.markdown import markdown  # noqa: PLC0415  # loads jinja2

        text = markdown(subject)
    else:
        text = human(subject, painter(), settled)
    click.echo(text, nl=False)


def say(text: str) -> None:
    """Print one line to stderr, whoever's words are in it."""
    click.echo(clean(text), err=True)


def problems(found: Iterable[Problem]) -> None:
    """Print problems, one a line, to stderr."""
    for problem in found:
        say(str(problem))


def painter() -> Paint:
    """Return what paints on stdout: only on a terminal, without NO_COLOR, and on no dumb one."""
    quiet = os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb"
    return paint if sys.stdout.isatty() and not quiet else plain


def paint(text: str, colour: str) -> str:
    """Return the text in a colour."""
    return click.style(text, fg=colour)


def unread(nodes: Iterable[Unread]) -> None:
    """Print the nodes and devices that gave no whole answer, one a line, to stderr."""
    for node in nodes:
        say(f"{node.address}: not read: {node.reason}")


def remarks(word: str, texts: Iterable[str]) -> None:
    """Print what goes beside a table, one a line, to stderr."""
    for text in texts:
        say(f"{word}: {text}")
