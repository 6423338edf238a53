"""The `holdfast` program: finds the command, runs it, turns errors into messages and exit codes."""

from __future__ import annotations

import gc
import io
import os
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, TextIO

import click

from holdfast import __version__
from holdfast.cli import lazy
from holdfast.errors import HoldfastError, InventoryError

if TYPE_CHECKING:
    from collections.abc import Sequence

USAGE = 64  # EX_USAGE of sysexits.h: 2 is taken by findings
INTERRUPTED = 130

# Imported only when called: `--help` must not load YAML, pydantic or ssh.
COMMANDS = {
    "init": "Start an inventory directory with an example.",
    "import": "Write YAML for what exists already.",
    "validate": "Check the inventory and report every problem at once.",
    "plan": "Show what would change on nodes and devices.",
    "show": "Show a saved plan.",
    "apply": "Make it so.",
    "drift": "Tell whether somebody changed it behind git's back.",
    "explain": "Tell when a definition fires, what it keeps and who declares it.",
    "status": "Show the last and next run of every definition.",
    "backup": "List, make, prove, restore and remove backups.",
    "retention": "Preview what a retention keeps and drops, agree to what waits.",
    "keys": "Make age keys.",
    "schema": "Print the JSON Schema of an inventory file.",
    "lab": "Run the embedded lab.",
    "completion": "Print the completion script of a shell.",
}


@click.command(
    cls=lazy.group("holdfast.cli", COMMANDS),
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.version_option(__version__, message="holdfast %(version)s")
def holdfast() -> None:
    """Backup policy as code for Kemp LoadMasters and for virtual servers on ZFS nodes."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one command and exit with its code."""
    # A command ends before its garbage matters; a plan of 10,000 definitions takes a third less.
    gc.disable()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # JSON is UTF-8 whatever the locale says; a file's name may not even be that.
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    if sys.stdout is None:
        # Writing nowhere would look like success, and the next file opened would be taken for it.
        click.echo("standard output: closed; nothing was done", err=True)
        sys.exit(1)
    code = run(arguments)
    if code == INTERRUPTED:
        _leave()
    _let_go(sys.stderr)
    sys.exit(code)


def _leave() -> None:
    """End now: Python itself would first wait for every thread that still waits for a node."""
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError):  # whoever read it may be gone
            stream.flush()
    os._exit(INTERRUPTED)


def run(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code; messages go to stderr."""
    try:
        code = holdfast.main(arguments, "holdfast", standalone_mode=False)
    except click.UsageError as error:
        error.show()
        return USAGE
    except click.ClickException as error:
        _say(f"Error: {error.format_message()}")
        return 1
    except (click.Abort, KeyboardInterrupt):
        click.echo("interrupted; nothing more was done", err=True)
        return INTERRUPTED
    except HoldfastError as error:
        _fail(error)
        return error.exit_code
    except OSError as error:
        _complain(error)
        return 1
    return int(code or 0)


def _say(text: str) -> None:
    from holdfast.cli import output  # noqa: PLC0415  # `--help` has no need of it

    output.say(text)


def _fail(error: HoldfastError) -> None:
    from holdfast.cli import output  # noqa: PLC0415  # the same

    if isinstance(error, InventoryError):
        output.problems(error.problems)
    else:
        output.say(str(error))


def _complain(error: OSError) -> None:
    """Name the file that could not be read or written, or else the output: a full disk, say."""
    _say(f"{error.filename or 'standard output'}: {error.strerror}")
    if error.filename is None:
        _let_go(sys.stdout)


def _let_go(stream: TextIO | None) -> None:
    """Drop what is held back and nobody can take: Python's own end would fail for it, with 120."""
    if stream is None:
        return
    try:
        stream.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
