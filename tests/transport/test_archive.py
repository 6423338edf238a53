"""The agent's archive: the same bytes wherever and whenever it is built, and it runs."""

from __future__ import annotations

import hashlib
import io
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import holdfast
from holdfast.transport import archive

PYTHON = shutil.which("python3", path=os.defpath) or sys.executable
BUILD = (
    "import sys\nfrom holdfast.transport import archive\nsys.stdout.write(archive.build().sha256)\n"
)
# What encrypts and compresses needs packages of the distribution, which not every node has.
IMPORT = """\
import importlib, sys
sys.path[:0] = [{agent!r}]
for name in {modules!r}:
    try:
        importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name.partition(".")[0] not in ("cryptography", "isal", "zstandard"):
            raise
"""


def test_the_same_sources_give_the_same_bytes(tmp_path: Path) -> None:
    copy = tmp_path / "elsewhere/holdfast"
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(Path(holdfast.__file__).parent, copy, ignore=ignored, copy_function=shutil.copy)
    for path in copy.rglob("*.py"):
        path.chmod(0o600)
        os.utime(path, (1, 1))
    built = subprocess.run(
        [sys.executable, "-c", BUILD],
        check=True,
        capture_output=True,
        text=True,
        cwd=tmp_path,
        umask=0o077,
        env={"PYTHONPATH": str(copy.parent), "PYTHONHASHSEED": "7", "TZ": "Asia/Tokyo"},
    )
    assert built.stdout == archive.build().sha256


def test_the_archive_holds_the_agent_and_nothing_else_of_ours() -> None:
    built = archive.build()
    assert built.sha256 == hashlib.sha256(built.content).hexdigest()
    assert built.content.startswith(b"#!/usr/bin/env -S python3 -IS\n")
    with zipfile.ZipFile(io.BytesIO(built.content)) as file:
        entries = file.infolist()
        assert file.testzip() is None
    names = [entry.filename for entry in entries]
    assert names == sorted(names)
    assert {entry.compress_type for entry in entries} == {zipfile.ZIP_STORED}
    assert {entry.date_time for entry in entries} == {(1980, 1, 1, 0, 0, 0)}
    assert {"__main__.py", "holdfast/__init__.py", "holdfast/agent/main.py"} <= set(names)
    others = {name for name in names if not name.startswith("holdfast/agent/")}
    assert others == {"__main__.py", "holdfast/__init__.py"}


def test_it_is_a_program(tmp_path: Path) -> None:
    agent = tmp_path / "agent.pyz"
    agent.write_bytes(archive.build().content)
    agent.chmod(0o755)
    ran = subprocess.run([agent, "nonsense"], check=False, capture_output=True, text=True)
    assert (ran.returncode, ran.stdout) == (64, "")
    assert ran.stderr.startswith("usage: holdfast-agent rpc")


def test_every_module_of_it_can_be_imported(tmp_path: Path) -> None:
    agent = tmp_path / "agent.pyz"
    agent.write_bytes(archive.build().content)
    with zipfile.ZipFile(agent) as file:
        modules = [
            name.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
            for name in file.namelist()
            if name.startswith("holdfast/")
        ]
    program = IMPORT.format(agent=str(agent), modules=modules)
    ran = subprocess.run(
        [PYTHON, "-I", "-S", "-c", program], check=False, capture_output=True, text=True
    )
    assert (ran.returncode, ran.stderr) == (0, "")
