"""The demo, from a fresh copy of the shipped inventory, twice in a row."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from lab import shipped

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.slow
def test_the_demo_comes_through_twice(tmp_path: Path) -> None:
    shipped.copy(tmp_path)
    # Neither a PATH of ours nor flags from the environment are needed.
    environ = {name: os.environ[name] for name in ("HOME", "PYTHONPATH") if name in os.environ}
    for _ in range(2):
        ran = subprocess.run(
            [sys.executable, "-m", "holdfast.lab.demo"],
            cwd=tmp_path,
            env={**environ, "PATH": os.defpath},
            capture_output=True,
            text=True,
            check=False,
        )
        assert ran.returncode == 0, ran.stdout + ran.stderr
        assert ran.stdout.endswith("The demo came through: every step did what it says.\n")
        assert ran.stdout.count("\n$ holdfast ") > 8


@pytest.mark.slow
def test_a_demo_that_goes_wrong_says_so(tmp_path: Path) -> None:
    shipped.copy(tmp_path)
    (tmp_path / "inventory/servers.yaml").unlink()
    ran = subprocess.run(
        [sys.executable, "-m", "holdfast.lab.demo"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 1
    assert "the demo failed: exit 1, wanted exit 0" in ran.stderr
