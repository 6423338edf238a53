"""One local node with one definition, applied, and the run that its cron would start."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from bench import inventory, peers
from bench.command import Command, CommandError, run

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

SERVER = "srv"
UUID = "6f1c0000-0000-4000-8000-000000000001"
DEFINITION = f"each@{SERVER}:1"
PYTHON = "/usr/bin/python3"  # that cron finds
AGENT = "opt/holdfast/holdfast-agent"
SERVED = f"var/lib/holdfast/{inventory.ID}/served"
RUNS = f"var/lib/holdfast/{inventory.ID}/runs/{DEFINITION}"


@dataclass(frozen=True)
class Node:
    """A node whose root is a folder."""

    root: Path

    def inside(self, path: str) -> Path:
        """Return where a file of the node is seen from here."""
        return self.root / path.lstrip("/")

    def apply(
        self,
        disk: Mapping[str, object],
        storage: Mapping[str, object],
        definition: Mapping[str, object],
        *,
        clear: Sequence[str] = (),
    ) -> Command:
        """Apply a definition that is due each minute; return what cron would then start.

        Before each run the definition is made due again, and the folders in `clear` are emptied.
        """
        folder = self.root.parent
        document = _inventory(self.root, disk, storage, definition)
        (folder / "inventory").mkdir()
        (folder / "inventory/inventory.yaml").write_text(json.dumps(document))
        run(Command((peers.holdfast(), "apply", "-i", "inventory", "--auto-approve"), folder))
        return Command(
            (PYTHON, "-IS", str(self.inside(AGENT)), "run", inventory.ID, DEFINITION, "--due"),
            folder,
            environment={"HOLDFAST_ROOT": str(self.root)},
            prepare=partial(self._renew, (SERVED, RUNS, *clear)),
            verify=self._verify,
        )

    def _renew(self, folders: Sequence[str]) -> None:
        for folder in folders:
            shutil.rmtree(self.root / folder, ignore_errors=True)

    def _verify(self) -> None:
        """Refuse a run that made no backup: one that is not due ends well, too."""
        for path in (self.root / RUNS).glob("*.json"):
            told = json.loads(path.read_text())
            if told["status"] == "success":
                return
            raise CommandError(f"{DEFINITION}: {told['status']}: {told['reason']}")
        raise CommandError(f"{DEFINITION} did not run")


def make(folder: Path) -> Node:
    """Make the root of a node in a folder of its own."""
    root = folder / "root"
    (root / "backups").mkdir(parents=True)
    return Node(root)


def _inventory(
    root: Path,
    disk: Mapping[str, object],
    storage: Mapping[str, object],
    definition: Mapping[str, object],
) -> dict[str, object]:
    node = {"transport": "local", "root": str(root), "storages": {"pool": storage}}
    promise = {
        "name": DEFINITION.partition("@")[0],
        "sources": [f"{SERVER}:1"],
        "node": "here",
        "storage": "pool",
        "schedule": "* * * * *",
        "retention": 3,
        **definition,
    }
    return {
        "inventory": {"id": inventory.ID},
        "nodes": {"here": node},
        "servers": {SERVER: {"uuid": UUID, "node": "here", "disks": {"1": disk}}},
        "definitions": [promise],
    }
