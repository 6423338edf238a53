"""A folder with an inventory and local nodes, and the real command line run in it."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from holdfast.cli.main import run

if TYPE_CHECKING:
    import pytest

HOLDFAST = str(Path(sys.executable).with_name("holdfast"))
SEALED = {"type": "file", "encrypt_to": "none"}


def sample() -> dict[str, Any]:
    """Return two nodes, one of them with a crontab, and three definitions."""
    uuid = "6f1c2b3e-9d0a-4c55-8f42-0a1b2c3d4e5"
    daily = {**SEALED, "name": "daily", "storage": "local", "schedule": "0 2 * * *"}
    return {
        "inventory": {"id": "lab"},
        "nodes": {
            "n1": {
                "transport": "local",
                "root": "n1",
                "storages": {"local": {"path": "/backup"}, "nas": {"path": "/mnt/nas"}},
            },
            "n2": {
                "transport": "local",
                "root": "n2",
                "cron": "crontab",
                "storages": {"local": {"path": "/backup"}},
            },
        },
        "servers": {
            "web01": {
                "uuid": uuid + "1",
                "node": "n1",
                "disks": {"1": {"image": "/images/web.raw"}, "2": {"image": "/images/data.raw"}},
            },
            "db01": {"uuid": uuid + "2", "node": "n2", "disks": {"1": {"image": "/images/db.raw"}}},
        },
        "definitions": [
            {**daily, "sources": ["web01:1"], "node": "n1", "retention": 14},
            {**daily, "sources": ["db01:1"], "node": "n2", "retention": 14},
            {
                **SEALED,
                "name": "weekly",
                "sources": ["web01:2"],
                "node": "n1",
                "storage": "nas",
                "schedule": "H H(3-5) * * 0",
                "timezone": "Europe/London",
                "retention": {"last": 2, "monthly": 3},
            },
        ],
    }


class Ran(NamedTuple):
    """How a command ended and what it said."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


@dataclass
class Desk:
    """A folder in which commands are run; `inventory` is what `write` writes down."""

    folder: Path
    capsys: pytest.CaptureFixture[str]
    inventory: dict[str, Any] = field(default_factory=sample)

    def write(self) -> Desk:
        folder = self.folder / "inventory"
        folder.mkdir(exist_ok=True)
        text = json.dumps(self.inventory, indent=1, ensure_ascii=False)
        (folder / "inventory.yaml").write_text(text, encoding="utf-8")
        return self

    def make_nodes(self) -> Desk:
        for name in self.inventory["nodes"]:
            for part in ("etc/cron.d", "mnt", "images"):
                (self.folder / name / part).mkdir(parents=True, exist_ok=True)
            (self.folder / name / "etc/timezone").write_text("Europe/Prague\n", encoding="utf-8")
        for server in self.inventory["servers"].values():
            for disk in server["disks"].values():
                image = self.folder / server["node"] / disk["image"].lstrip("/")
                image.write_bytes(os.urandom(4096) * 4)
        return self

    def run(self, *words: str) -> Ran:
        """Run a command here and now."""
        self.capsys.readouterr()
        code = run(words)
        out, err = self.capsys.readouterr()
        assert "Traceback" not in err
        return Ran(code, out, err)

    def ok(self, *words: str) -> Ran:
        ran = self.run(*words)
        assert ran.code == 0, ran
        return ran

    def apply(self) -> Ran:
        return self.write().ok("apply", "--auto-approve")

    def start(self, *words: str, **options: Any) -> subprocess.Popen[str]:
        """Start a command as a process of its own."""
        return subprocess.Popen([HOLDFAST, *words], cwd=self.folder, text=True, **options)

    def process(self, *words: str, **options: Any) -> Ran:
        """Run a command as a process of its own."""
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **options}
        with self.start(*words, stdin=subprocess.DEVNULL, **pipes) as process:
            out, err = process.communicate(timeout=120)
        return Ran(process.returncode, out or "", err or "")

    def node(self, path: str) -> Path:
        """Return a file of a node, such as n1/backup."""
        return self.folder / path

    def tree(self) -> dict[str, tuple[float, int, bytes]]:
        """Return everything there is: time, mode and content of each file."""
        return {str(path): state(path) for path in sorted(self.folder.rglob("*"))}

    def copy_of(self, other: Path) -> Desk:
        copy(other, self.folder)
        return self


def copy(source: Path, target: Path) -> None:
    """Copy nodes; archives of agents, which nobody ever writes to, are shared."""
    shutil.copytree(source, target, symlinks=True, dirs_exist_ok=True, copy_function=_copy)


def _copy(source: str, target: str) -> str:
    if Path(source).parent.name == "agents" and not Path(source).is_symlink():
        os.link(source, target)
        return target
    return str(shutil.copy2(source, target, follow_symlinks=False))


def state(path: Path) -> tuple[float, int, bytes]:
    found = path.lstat()
    plain = path.is_file() and not path.is_symlink()
    return found.st_mtime_ns, found.st_mode, path.read_bytes() if plain else b""


def agent(root: Path, *words: str) -> int:
    """Run the agent that is installed on a node and return its exit code."""
    program = [sys.executable, "-I", "-S", str(root / "opt/holdfast/holdfast-agent"), *words]
    environment = {"HOLDFAST_ROOT": str(root), "PATH": os.defpath}
    return subprocess.run(program, env=environment, check=False).returncode


def names(desk: Desk) -> list[str]:
    """Return the backups that daily@web01:1 has, oldest first."""
    paths = sorted(desk.node("n1/backup/web01/disk1").glob("daily-*.json"))
    manifests = [json.loads(path.read_text(encoding="utf-8")) for path in paths]
    return [m["backup"] for m in sorted(manifests, key=lambda m: m["sequence"])]


def consent(text: str, rule: str) -> str:
    found = re.search(rf"--accept ({rule}@[0-9a-f]{{16}})", text)
    assert found, text
    return found[1]
