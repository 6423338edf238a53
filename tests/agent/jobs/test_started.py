"""A run is made however its starter was started."""

from __future__ import annotations

import json
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


def test_a_request_that_cannot_come_is_an_error(desk: Desk) -> None:
    words = shlex.join([sys.executable, "-c", RUN, "rpc"])
    environment = {"PATH": os.defpath, "HOLDFAST_ROOT": str(desk.root)}
    done = subprocess.run(
        ["/bin/bash", "-c", words + " <&-"],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert [json.loads(line)["type"] for line in done.stdout.splitlines()] == ["hello", "error"]
    assert done.stderr == ""


def test_no_signal_is_held_back() -> None:
    program = (
        "import signal; signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM}); "
        "from holdfast.agent.main import settle; settle(); "
        "print(signal.pthread_sigmask(signal.SIG_BLOCK, ()))"
    )
    done = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True)
    assert done.stdout == b"set()\n"
