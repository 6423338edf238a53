"""A saved plan as the file that the command line names."""

from __future__ import annotations

import errno
import os
from typing import TYPE_CHECKING

from holdfast.agent import atomic
from holdfast.engine.written import named
from holdfast.errors import PlanFileError
from holdfast.plan import planfile

if TYPE_CHECKING:
    from pathlib import Path

    from holdfast.plan.plan import Plan


def load(file: Path) -> Plan:
    """Return the plan of a file; PlanFileError names the file."""
    try:
        return planfile.loads(file.read_bytes())
    except PlanFileError as error:
        raise PlanFileError(f"{file}: {error}") from error


def save(file: Path, plan: Plan) -> None:
    """Write a plan to a file, whole or not at all; its folder must be there."""
    content = planfile.dumps(plan).encode(errors="backslashreplace")
    with named(file):
        if file.exists() and not file.is_file():
            file.write_bytes(content)  # a pipe or /dev/stdout, which no file may take the place of
        elif file.absolute().parent.is_dir():
            atomic.write(str(file.resolve()), content, 0o644)
        else:
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT))
