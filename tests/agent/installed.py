"""A node in a folder whose agent is the real archive, run by the system's own Python."""

from __future__ import annotations

import functools
import json
import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from agent.desk import definition
from holdfast.agent import canonical, start
from holdfast.agent.setup import compiled
from holdfast.transport import archive

PYTHON = shutil.which("python3", path=os.defpath) or sys.executable
KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIMrW2n3dzwZWGCRTpjSeKXuXWGTkVBLjPcCBJxrS9nOr"
STORAGE = {"kind": "directory", "place": "/mnt/nas", "marker": "ok"}
SECRET = {"present": True, "version": 1}
ID = "weekly@web01:2"

Line = dict[str, Any]
built = functools.cache(archive.build)


@functools.cache
def quick() -> bytes:
    """Return the compiled archive, so that not every node of a test compiles its own."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "agent.pyz"
        file.write_bytes(built().content)
        compiled.make(str(file))
        return Path(start.path(str(file))).read_bytes()


@dataclass(frozen=True)
class Installed:
    """One inventory's view of a node; the archive is brought, but not applied yet."""

    root: Path
    inventory: str = "prg"
    was: tuple[str, ...] = ()

    def bring(self) -> Installed:
        agents = self.root / "opt/holdfast/agents"
        agents.mkdir(parents=True, exist_ok=True)
        self.agent.write_bytes(built().content)
        Path(start.path(str(self.agent))).write_bytes(quick())
        (self.root / "mnt").mkdir(exist_ok=True)
        return self

    @property
    def agent(self) -> Path:
        return self.root / "opt/holdfast/agents" / f"{built().sha256}.pyz"

    def start(self, *words: str) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [PYTHON, "-I", "-S", str(self.agent), *words],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={"HOLDFAST_ROOT": str(self.root)},
        )

    def run(self, content: bytes, *words: str) -> tuple[int, list[Line], str]:
        with self.start(*(words or ("rpc",))) as process:
            out, err = process.communicate(content, timeout=60)
        return process.returncode, [json.loads(line) for line in out.splitlines()], err.decode()

    def request(self, *ops: Line) -> bytes:
        by = {"user": "ci", "host": "runner-7", "url": "https://ci.example.net/7", "commit": "1a2b"}
        document = {"protocol": 1, "inventory": self.inventory, "was": self.was, "by": by}
        return json.dumps({**document, "ops": ops}).encode()

    def ask(self, *ops: Line) -> list[Line]:
        """Return the lines of a whole answer, without `hello` and `end`."""
        code, lines, err = self.run(self.request(*ops))
        assert (code, err) == (0, "")
        assert lines[0]["type"] == "hello"
        assert lines[-1] == {"type": "end", "count": len(lines) - 1}
        return lines[1:-1]

    def apply(self, *ops: Line) -> list[Line]:
        """Return what a read tells right after ops that must all be done."""
        lines = self.ask(*ops, {"op": "read"})
        outcomes = [line for line in lines if line["type"] == "outcome"]
        assert [line["status"] for line in outcomes] == ["done"] * len(ops), outcomes
        return [line for line in lines if line["type"] != "outcome"]

    def here(self, **changes: Any) -> Line:
        attributes = {
            "sha256": built().sha256,
            "inventory": self.inventory,
            "nodes": ["bkp01"],
            "slots": 2,
            "cron": "cron.d",
            "cron_file": "absent",
        }
        return {**attributes, **changes}

    def files(self) -> dict[str, bytes]:
        paths = (path for path in self.root.rglob("*") if path.is_file())
        return {str(path.relative_to(self.root)): path.read_bytes() for path in paths}


def change(kind: str, name: str, before: object, after: object, **members: Any) -> Line:
    extra = members.pop("extra", {})
    return {
        "op": "apply",
        "kind": kind,
        "name": name,
        "before": canonical.digest(before),
        "after": after,
        "extra": extra,
        **members,
    }


def attributes(lines: list[Line], kind: str, name: str = "") -> Any:
    """Return what a read tells of one resource, None where it tells of none."""
    found = [line for line in lines if (line["type"], line.get("kind")) == ("resource", kind)]
    return next((line["attributes"] for line in found if line["name"] == name), None)


def promise(**changes: Any) -> Line:
    return definition(**{"schedule": "30 3 * * 0", "cron": ["30 3 * * 0"], **changes})


def ready(node: Installed, **changes: Any) -> Installed:
    """Set one of each kind up on a node."""
    node.bring().apply(
        change("agent", "", None, node.here(**changes)),
        change("reader", "", None, {"key": KEY, "forwards": []}),
        change("storage", "nas", None, STORAGE),
        change("secret", "lm-1.api_key", None, SECRET, extra={"value": "x"}),
        change("definition", ID, None, promise()),
    )
    return node
