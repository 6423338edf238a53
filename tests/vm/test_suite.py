"""The end-to-end suite of datasets, run within the machine, where a server's disk is a volume."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from vm.machine import Machine

pytestmark = pytest.mark.vm

PROJECT = Path(__file__).parents[2]
# Each step takes ten times as long as on bare metal, so that the sweeps of hundreds are left out;
# filesystems are what the same suite runs on outside.
SUITE = """\
echo /project/src >$(python3 -c 'import site; print(site.getsitepackages()[0])')/project.pth
cd /project && python3 -m pytest -c tests/vm/inside.ini --rootdir=. -v \\
  -m 'not slow' -k 'not filesystem' tests/agent/zfs
"""
LONGEST = 7200.0


def test_the_suite_passes_on_the_volumes_of_openzfs(machine: Machine) -> None:
    machine.bring(PROJECT, "src/holdfast", "tests", to="/project")
    said = machine.run(SUITE, limit=LONGEST)
    assert len(re.findall(r"\[volume.*\] PASSED", said)) > 30, said
    assert "skipped" not in said.splitlines()[-1]
