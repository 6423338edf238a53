"""The agent is replaced while its job runs: the job ends well, by the agent that began it."""

from __future__ import annotations

import json
import os
import subprocess
import time
from typing import TYPE_CHECKING

import pytest

from agent.desk import ID, Desk
from agent.installed import PYTHON, Installed, built
from holdfast.agent.jobs import runs

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.slow  # a job goes on while its agent is replaced


def test_a_job_ends_well_though_the_agent_was_replaced(tmp_path: Path) -> None:
    desk = Desk(tmp_path).settle()
    desk.define(bandwidth_limit=2000)
    agent = Installed(tmp_path).bring().agent
    link = tmp_path / "opt/holdfast/holdfast-agent"
    link.symlink_to(agent)
    environment = {"HOLDFAST_ROOT": str(tmp_path)}
    with subprocess.Popen(
        [PYTHON, "-I", "-S", str(link), "run", "prg", ID], env=environment
    ) as run:
        while not [one for one in runs.read(desk.layout, ID) if one.status == "running"]:
            assert run.poll() is None
            time.sleep(0.02)
        # As an apply does it: the link is switched by rename; this new agent cannot do anything.
        (agent.parent / "new.pyz").write_text("raise SystemExit('the new agent was called')")
        (link.parent / "switching").symlink_to("agents/new.pyz")
        os.rename(link.parent / "switching", link)
        assert run.wait(timeout=120) == 0
    (ended,) = runs.read(desk.layout, ID)
    assert (ended.status, ended.reason) == ("success", "")
    (manifest,) = [json.loads(path.read_text()) for path in desk.disk.glob("*.json")]
    assert manifest["agent"] == built().sha256
