"""An agent that is replaced while one of its jobs runs: the job ends with the old one, and well."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import holdfast
from hosts.estate import AGENT, STORAGE
from hosts.host import wait_until

if TYPE_CHECKING:
    from hosts.estate import Estate
    from hosts.host import Host

pytestmark = [pytest.mark.hosts, pytest.mark.slow]

DAILY = "daily@vm-n1:1"
SIZE = 1 << 30  # of zeros, which take no room but a while to be hashed


def another_version(folder: Path, remark: str) -> Path:
    """Return where a Holdfast lies that differs from this one in a comment of its agent."""
    place = folder / remark
    shutil.copytree(Path(holdfast.__file__).parent, place / "holdfast")
    with (place / "holdfast/agent/main.py").open("a") as file:
        file.write(f"# {remark}\n")
    return place


def running(host: Host) -> str:
    """Return the id of the process that makes the backup, as the host counts; empty if none."""
    for file in host.path(f"/var/lib/holdfast/prg/runs/{DAILY}").glob("*.json"):
        run = json.loads(file.read_bytes())
        if run["status"] == "running":
            return str(run["process"]["pid"])
    return ""


def archives(host: Host) -> set[str]:
    """Return the versions of the agent on a host."""
    return {path.stem for path in host.path("/opt/holdfast/agents").glob("*.pyz")}


def test_a_job_outlives_the_agent_that_began_it(estate: Estate, tmp_path: Path) -> None:
    host = estate.hosts["n1"]
    os.truncate(host.path("/images/vm-n1.raw"), SIZE)
    estate.settle()
    (first,) = archives(host)
    job = subprocess.Popen(host.inside([AGENT, "run", "prg", DAILY]), stderr=subprocess.PIPE)
    wait_until(lambda: bool(running(host)))
    host.run("kill", "-STOP", running(host))

    for remark in ("second", "third"):
        estate.environ["PYTHONPATH"] = str(another_version(tmp_path, remark))
        estate.settle()
    assert len(archives(host)) == 3
    assert first in archives(host)
    assert host.path(AGENT).readlink() != Path(f"agents/{first}.pyz")

    host.run("kill", "-CONT", running(host))
    _, said = job.communicate(timeout=60)
    assert (job.returncode, said) == (0, b"")
    (manifest,) = host.path(f"{STORAGE}/vm-n1/disk1").glob("*.json")
    backup = json.loads(manifest.read_bytes())
    assert (backup["agent"], backup["content"]["size"]) == (first, SIZE)
    assert estate.run("status --check").code == 0

    estate.environ["PYTHONPATH"] = str(tmp_path / "second")
    estate.settle()
    assert first not in archives(host)
