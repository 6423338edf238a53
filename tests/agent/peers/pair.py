"""Two nodes in folders: `bkp01` has the storage and asks, `cn01` has the disk and an agent."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from agent.desk import ID, Desk, definition
from agent.installed import PYTHON, Installed
from holdfast.agent.jobs import runs
from holdfast.agent.peers import grant

if TYPE_CHECKING:
    from pathlib import Path

    from holdfast.agent.jobs.runs import Run

IMAGE = "/images/web01.raw"
SOURCE = {"kind": "image", "place": IMAGE, "node": "cn01"}


@dataclass(frozen=True)
class Pair:
    """One inventory on two nodes that reach each other as directories of one machine do."""

    asking: Desk
    asked: Desk

    @classmethod
    def below(cls, folder: Path) -> Pair:
        return cls(Desk(folder / "bkp01"), Desk(folder / "cn01"))

    @property
    def image(self) -> Path:
        return self.asked.root / IMAGE.lstrip("/")

    def settle(self, content: bytes = b"data" * 1000) -> Pair:
        """Set both nodes up with one definition of a disk of the other node."""
        self.asking.settle(content=b"another disk of the same place")
        self.asked.put(IMAGE.lstrip("/"), content)
        self.asked.put_json("node.json", {"slots": 2, "was": []})
        installed = Installed(self.asked.root).bring()
        link = self.asked.root / "opt/holdfast/holdfast-agent"
        link.symlink_to(os.path.relpath(installed.agent, link.parent))
        self.asking.put_json("known/cn01.json", {"me": "bkp01", "root": "../cn01"})
        self.define()
        return self

    def define(self, **changes: object) -> str:
        """Install a definition on the one node, and what it needs on the other."""
        document = definition(**{"source": SOURCE, "peer": "cn01", **changes})
        identity = self.asking.define(**document)
        granted = {"key": "", "from": [], "definitions": {identity: grant.of_attributes(document)}}
        self.asked.put_json("peers/bkp01.json", granted)
        return identity

    def run(self, identity: str = ID) -> Run:
        """Make one backup and return its run."""
        self.asking.run("run", "prg", identity)
        return runs.read(self.asking.layout, identity)[-1]

    def good(self, identity: str = ID) -> str:
        """Make one backup that must succeed; return its name."""
        ended = self.run(identity)
        assert ended.status == "success", ended.reason
        return ended.backup

    def failed(self, identity: str = ID) -> str:
        """Make one run that must fail and leave nothing; return the reason."""
        before = self.asking.names()
        ended = self.run(identity)
        assert ended.status == "failed"
        assert self.asking.names() == before
        return ended.reason


__all__ = ["IMAGE", "PYTHON", "SOURCE", "Pair"]
