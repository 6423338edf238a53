"""The end-to-end suite of datasets, run within the machine on filesystems and volumes."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from vm.machine import Machine

pytestmark = pytest.mark.vm

PROJECT = Path(__file__).parents[2]
SUITE = """\
echo /project/src >$(python3 -c 'import site; print(site.getsitepackages()[0])')/project.pth
cd /project && python3 -m pytest -c tests/vm/inside.ini --rootdir=. -v tests/agent/zfs
"""


def test_the_suite_passes_on_the_filesystems_and_volumes_of_openzfs(machine: Machine) -> None:
    machine.bring(PROJECT, "src/holdfast", "tests", to="/project")
    said = machine.run(SUITE, limit=3600)
    for kind in ("filesystem", "volume"):
        assert len(re.findall(rf"\[{kind}.*\] PASSED", said)) > 20, said
    assert "skipped" not in said.splitlines()[-1]
