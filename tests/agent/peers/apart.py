"""A station whose disk lies on another node: `cn01`, which has an agent and the same pools."""

from __future__ import annotations

import contextlib
import json
import os
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from agent.desk import Desk, definition
from agent.installed import Installed
from agent.zfs.pools import pair
from agent.zfs.station import Station
from holdfast.agent.peers import grant

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agent.zfs.disks import Disk


@dataclass(frozen=True)
class Apart(Station):
    """The node that asks is the station's; another one has the disk."""

    asked: Desk = field(default_factory=lambda: Desk(Path()))
    known: dict[str, object] = field(default_factory=lambda: {"me": "bkp01", "root": "../cn01"})

    @classmethod
    def below(cls, folder: Path, source: str, target: str, kind: Disk) -> Apart:
        """Set up the node that is asked, and return the station of the one that asks."""
        asked = Desk(folder / "cn01")
        asked.root.mkdir()
        equip(asked)
        return cls(Desk(folder / "bkp01"), source, target, kind, asked=asked)

    def define(self, **changes: object) -> str:
        """Install a definition of the other node's dataset, and its grant there."""
        self.desk.put_json("known/cn01.json", self.known)
        scope: Any = changes.pop("scope", {})  # such as whether its children are taken along
        source = {"kind": "dataset", "place": self.disk, "node": "cn01", **scope}
        identity = super().define(source=source, peer="cn01", **changes)
        path = self.desk.root / "etc/holdfast/prg/definitions" / f"{identity}.json"
        granted = grant.of_attributes({**definition(), **_read(path)})
        others = self.asked.root / "etc/holdfast/prg/peers/bkp01.json"
        known: Any = _read(others)["definitions"] if others.exists() else {}
        document = {"key": "", "from": [], "definitions": {**known, identity: granted}}
        self.asked.put_json("peers/bkp01.json", document)
        return identity

    def doors(self) -> list[int]:
        """Return the processes that serve a session on the other node."""
        return processes(self.asked.root, b"peer")

    def runs(self) -> list[int]:
        """Return the processes that make a backup."""
        files = (self.desk.root / "var/lib/holdfast/prg/runs").glob("*/*.json")
        read = [_read(path) for path in files]
        running: list[Any] = [run["process"] for run in read if run["status"] == "running"]
        return [process["pid"] for process in running]

    def sends(self) -> list[int]:
        """Return the programs that send the disk, and none that is only asked what it can."""
        # Programs of zfs-fuse cut their own words at the @.
        return processes(self.asked.root, b"send", self.disk.encode())


def equip(asked: Desk) -> Path:
    """Bring the agent to a node that is asked, with what it knows of itself; return its file."""
    asked.put_json("node.json", {"slots": 2, "was": []})
    installed = Installed(asked.root).bring()
    link = asked.root / "opt/holdfast/holdfast-agent"
    link.symlink_to(os.path.relpath(installed.agent, link.parent))
    return installed.agent


@contextlib.contextmanager
def with_pools(folder: Path, kind: Disk) -> Iterator[Apart]:
    """Give a station with pools of its own and a disk on the other node."""
    with (
        pair(folder, f"hp{os.getpid()}") as (source, target),
        Apart.below(folder, source, target, kind).settled() as station,
    ):
        yield station


def processes(root: Path, *given: bytes) -> list[int]:
    """Return the processes of a node that were started with such words."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            words = re.split(rb"[\0@]", (folder / "cmdline").read_bytes())
            environ = (folder / "environ").read_bytes().split(b"\0")
        except (FileNotFoundError, ProcessLookupError, PermissionError):
            continue
        if set(given) <= set(words) and f"HOLDFAST_ROOT={root}".encode() in environ:
            found.append(int(folder.name))
    return found


def _read(path: Path) -> dict[str, object]:
    document: dict[str, object] = json.loads(path.read_text())
    return document
