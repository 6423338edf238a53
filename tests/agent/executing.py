"""Runs executed by a program of a test's own, as a dispatcher starts its child."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from holdfast.agent.jobs import runs, tickets
from holdfast.agent.jobs.runs import Run

if TYPE_CHECKING:
    from collections.abc import Sequence

    from agent.desk import Desk


_MAIN = "from holdfast.agent.main import main"
_EXECUTE = (
    "from holdfast.agent.main import settle; settle(); "
    "from holdfast.agent.jobs import execute; main = lambda words: execute.main(words[0])"
)


def execute(
    desk: Desk,
    identity: str,
    program: str,
    *words: str,
    before: Sequence[str] = (),
    stdout: int | None = None,
) -> subprocess.Popen[bytes]:
    """Queue a run and start a program that executes it, itself started by other words if wanted."""
    run = runs.begin(desk.layout, Run("", identity, desk.inventory, "manual"), datetime.now(UTC))
    ticket = tickets.write(desk.layout, identity, run.run)
    return subprocess.Popen(
        [*before, sys.executable, "-c", program.replace(_MAIN, _EXECUTE), *words, ticket.name],
        env={"PATH": os.defpath, "HOLDFAST_ROOT": str(desk.root)},
        stdout=stdout,
    )
