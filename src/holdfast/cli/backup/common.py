"""What the backup commands share: where to look, who acts, and progress on a terminal."""

from __future__ import annotations

import os
import sys
import time
from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

import click

from holdfast.cli import output
from holdfast.cli.text import TEXT
from holdfast.engine.act import Doing, Progress
from holdfast.engine.author import author
from holdfast.engine.pick import Where
from holdfast.engine.reach import Reach
from holdfast.inventory.load import load
from holdfast.views.words import size

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

Command = TypeVar("Command", bound="Callable[..., object]")

node = click.option("--node", default="", envvar="HOLDFAST_NODE", help="Look only there.")
_storage = click.option("--storage", default="", envvar="HOLDFAST_STORAGE", help="The same.")
consent = click.option(
    "--yes-destroy",
    "destroys",
    envvar="HOLDFAST_YES_DESTROY",
    metavar="NAME",
    default=None,
    help="Repeat the name of what is destroyed, instead of being asked for it.",
)
identity = click.option(
    "--identity",
    type=click.Path(exists=True, dir_okay=False),
    envvar="HOLDFAST_IDENTITY",
    help="File of the age identity that opens the backup; it stays here.",
)
trust = click.option(
    "--accept",
    type=click.Choice(["unsigned"]),
    envvar="HOLDFAST_ACCEPT",
    help="Take a manifest that no known node signed; never one that was altered.",
)
everything = click.option(
    "--all",
    "everything",
    is_flag=True,
    envvar="HOLDFAST_ALL",
    help="Also what differs in every backup, such as the time.",
)
agreements = click.option(
    "--accept",
    "accepted",
    multiple=True,
    type=click.Choice(["unsigned", "firmware-mismatch", "no-safety-backup"]),
    envvar="HOLDFAST_ACCEPT",
    help="Go on although nobody known signed it, or, of a LoadMaster, although it is of another "
    "firmware or HA mode, or cannot be backed up before.",
)
name = click.argument("name", type=TEXT)
names = click.argument("names", metavar="NAME...", nargs=-1, required=True, type=TEXT)


def where(command: Command) -> Command:
    """Add --node and --storage."""
    return node(_storage(command))


def place(node: str, storage: str) -> Where:
    """Return where to look."""
    return Where(node, storage)


def doing(directory: Path) -> Doing:
    """Return who acts on the nodes of an inventory; progress is shown on a terminal."""
    reach = Reach(load(directory), os.environ)
    return Doing(reach, author(directory, os.environ), Meter().show)


def agreed(target: str, destroys: str | None, what: str) -> None:
    """Go on only if the name of what is destroyed was given, or is typed now."""
    if destroys is None:
        if not sys.stdin.isatty():
            raise click.UsageError(f"nobody is there to ask: give --yes-destroy {target}")
        output.say(what)
        destroys = click.prompt(f"Type {target} to go on", err=True)
    if destroys != target:
        raise click.ClickException(f"{destroys} is not {target}: nothing was changed")


_CLEAR = "\r\x1b[K"  # a terminal's line
NODES = 16  # asked at a time where a name is all there is to go by


class Meter:
    """One line on a terminal's stderr that says how far it is, how fast, and for how long yet."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._begun: float | None = None
        self._from = 0
        self._status = ""
        self._is_whole = False
        self._is_open = False  # the line has no end yet

    def show(self, progress: Progress | None) -> None:
        """Show progress, or clear it for what is said once an act is over, told by None.

        Off a terminal only a run's new status is worth a line.
        """
        if progress is None:
            self._clear()
            self._begun, self._is_whole = None, False  # the next act has a pace of its own
            return
        if progress.status != self._status:
            self._status = progress.status
            self._clear()
            output.say(f"run {progress.run}: {progress.status}")
        if progress.done > progress.total:
            progress = replace(progress, total=0)  # it was an estimate, and too low
        is_whole = 0 < progress.total == progress.done
        if is_whole and self._is_whole:
            return  # all is read and said to be, and on its way yet
        self._is_whole = is_whole
        if progress.done and sys.stderr.isatty():
            now = self._clock()
            if self._begun is None:
                self._begun, self._from = now, progress.done
            end = "\n" if is_whole else ""
            line = self._line(progress, now - self._begun)
            click.echo(f"{_CLEAR}{line}{end}", nl=False, err=True)
            self._is_open = not is_whole

    def _clear(self) -> None:
        if self._is_open:
            click.echo(_CLEAR, nl=False, err=True)
        self._is_open = False

    def _line(self, progress: Progress, elapsed: float) -> str:
        text = size(progress.done)
        if progress.total:
            share = 100 * progress.done // progress.total
            text += f" of {size(progress.total)} ({share} %)"
        passed = progress.done - self._from
        if elapsed <= 0 or passed <= 0:
            return text
        rate = passed / elapsed
        text += f", {size(round(rate))}/s"
        if not progress.total:
            return text
        left = max(0, round((progress.total - progress.done) / rate))
        return f"{text}, {left // 60}:{left % 60:02} left"
