"""A run is made however its starter was started."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from agent.desk import ID, RUN, Desk
from holdfast.agent.jobs import runs

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path / "node").settle()


@pytest.mark.parametrize(
    "line",
    ["%s", "%s <&-", "%s >&- 2>&-", "%s <&- >&- 2>&-", "trap '' CHLD; exec %s"],
    ids=["whole", "no-stdin", "no-output", "no-streams", "children-ignored"],
)
def test_it_needs_no_streams_and_no_signals_of_its_starter(desk: Desk, line: str) -> None:
    words = shlex.join([sys.executable, "-c", RUN, "run", "prg", ID])
    environment = {"PATH": os.defpath, "HOLDFAST_ROOT": str(desk.root)}
    done = subprocess.run(
        ["/bin/bash", "-c", line.replace("%s", words)], env=environment, check=False
    )
    (run,) = runs.read(desk.layout, ID)
    assert (done.returncode, run.status, run.reason) == (0, "success", "")


def test_its_root_may_be_relative(desk: Desk) -> None:
    words = [sys.executable, "-c", RUN, "run", "prg", ID]
    environment = {"PATH": os.defpath, "HOLDFAST_ROOT": desk.root.name}
    subprocess.run(words, env=environment, cwd=desk.root.parent, check=True)
    (run,) = runs.read(desk.layout, ID)
    assert (run.status, run.reason) == ("success", "")
