"""How the archive starts: with what was compiled of it, and without."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest

from agent.installed import PYTHON, built, quick

if TYPE_CHECKING:
    from pathlib import Path

USAGE = "usage: holdfast-agent rpc"
# What this very Python calls what was compiled of an archive, told by the archive itself.
NAME = """
import sys
sys.path[:0] = sys.argv[1:]
from holdfast.agent import start
print(start.path(sys.argv[1]))
"""

GOING_ON = """
import os, sys
sys.path.insert(0, {agent!r})
from holdfast.agent.start import prefer_compiled
for name in [name for name in sys.modules if name.startswith("holdfast")]:
    del sys.modules[name]
prefer_compiled()
from holdfast.agent.jobs import runs
print(runs.__spec__.origin)
os.unlink({compiled!r})
from holdfast.agent.jobs import rotation
print(rotation.__spec__.origin)
"""


@pytest.fixture
def agent(tmp_path: Path) -> Path:
    archive = tmp_path / "agent.pyz"
    archive.write_bytes(built().content)
    return archive


def compiled(agent: Path) -> Path:
    told = subprocess.run(
        [PYTHON, "-IS", "-c", NAME, agent], check=True, capture_output=True, text=True
    )
    return agent.parent / told.stdout.strip()


def says(agent: Path) -> str:
    ran = subprocess.run([PYTHON, "-IS", agent], check=False, capture_output=True, text=True)
    assert ran.returncode == 64
    return ran.stderr


def test_what_was_compiled_is_preferred(agent: Path) -> None:
    compiled(agent).write_bytes(quick().replace(USAGE.encode(), b"USAGE: holdfast-agent rpc"))
    assert says(agent).startswith("USAGE")


@pytest.mark.parametrize("length", [0, 20, 39, 45, 5000, 500_000, -1])
def test_one_that_was_cut_off_is_as_good_as_none(agent: Path, length: int) -> None:
    compiled(agent).write_bytes(quick()[:length])
    assert says(agent).startswith(USAGE)


@pytest.mark.parametrize("index", [b"\xff" * 8, (1 << 40).to_bytes(8, "little"), bytes(8)])
def test_one_whose_index_is_none_is_as_good_as_none(agent: Path, index: bytes) -> None:
    content = quick()
    compiled(agent).write_bytes(content[:32] + index + content[40:])
    assert says(agent).startswith(USAGE)


def test_the_archive_alone_does_as_well(agent: Path) -> None:
    assert says(agent).startswith(USAGE)


def test_a_process_goes_on_from_the_archive_where_an_apply_takes_the_other_away(
    agent: Path,
) -> None:
    file = compiled(agent)
    file.write_bytes(quick())
    program = GOING_ON.format(agent=str(agent), compiled=str(file))
    told = subprocess.run(
        [PYTHON, "-IS", "-c", program], check=True, capture_output=True, text=True
    )
    assert told.stdout.split() == [str(file), f"{agent}/holdfast/agent/jobs/rotation.py"]
