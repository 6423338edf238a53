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
# Each step takes ten times as long as on bare metal, so that the sweeps of hundreds are left out,
# but not what stands for them at some steps. A test of both kinds of disk runs on the volume alone:
# outside it runs on the filesystem. What is of filesystems alone runs on those of OpenZFS, too.
SUITE = """\
echo /project/src >$(python3 -c 'import site; print(site.getsitepackages()[0])')/project.pth
cd /project && exec timeout 7200 python3 -m pytest -c tests/vm/inside.ini --rootdir=. -v \
  -n 2 -m 'not slow' -k 'not filesystem' \
  tests/agent/zfs tests/agent/peers/test_snapshots.py tests/agent/peers/test_children.py \
  tests/agent/peers/test_going_on.py tests/agent/peers/test_beneath.py \
  tests/agent/restoring/test_datasets_elsewhere.py
"""


def test_the_suite_passes_on_the_volumes_of_openzfs(
    machine: Machine, capfd: pytest.CaptureFixture[str]
) -> None:
    machine.bring(PROJECT, "src/holdfast", "tests", to="/project")
    with capfd.disabled():  # a developer sees it go on, for it takes most of an hour
        said = machine.follow(SUITE)
    assert len(re.findall(r"PASSED .*\[volume", said)) > 60, "see what it said above"
    assert "skipped" not in said.splitlines()[-1]
