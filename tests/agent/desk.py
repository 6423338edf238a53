"""A node's root in a folder, with definitions and storages as an apply would leave them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from agent import keys
from holdfast.agent import canonical
from holdfast.agent.backups import signature
from holdfast.agent.backups.total import Sum
from holdfast.agent.layout import Layout

if TYPE_CHECKING:
    from pathlib import Path

    from holdfast.agent.backups.manifest import Manifest

RUN = "import sys; from holdfast.agent.main import main; sys.exit(main(sys.argv[1:]))"
ID = "weekly@web01:2"


def definition(**changes: object) -> dict[str, object]:
    """Return the document of a definition, changed in some fields."""
    return {
        "definition": "weekly",
        "server": "web01",
        "disk": 2,
        "uuid": "6f1c",
        "was": [],
        "source": {"kind": "image", "place": "/images/web01.raw", "node": "bkp01"},
        "peer": None,
        "type": "file",
        "storage": "nas",
        "place": "/mnt/nas",
        "schedule": "* * * * *",
        "timezone": "UTC",
        "cron": ["* * * * *"],
        "retention": {"last": 3},
        "active": True,
        "catch_up": 0,
        "timeout": 60,
        "queue_timeout": 60,
        "bandwidth_limit": None,
        "freeze": "off",
        "guest_agent": None,
        "consistency": "snapshot",
        "compression": "off",
        "encrypt_to": [],
        "base_every": 1,
        "description": "",
        **changes,
    }


@dataclass(frozen=True)
class Desk:
    """One inventory on the node at `root`."""

    root: Path
    inventory: str = "prg"

    @property
    def layout(self) -> Layout:
        return Layout(self.inventory, str(self.root))

    @property
    def nas(self) -> Path:
        return self.root / "mnt/nas"

    @property
    def disk(self) -> Path:
        """The folder that the backups of ID lie in."""
        return self.nas / "web01/disk2"

    def settle(self, slots: int = 2, content: bytes = b"data" * 1000) -> Desk:
        """Put an image, a storage, the node's settings and one definition there."""
        self.put("images/web01.raw", content)
        self.put("mnt/nas/.holdfast-storage.json", canonical.dumps({"id": "m1"}))
        self.put_json(
            "storages/nas.json", {"kind": "directory", "place": "/mnt/nas", "marker": "m1"}
        )
        keys.settle(self.layout)
        self.put_json("node.json", {"slots": slots, "was": []})
        self.define()
        return self

    def define(self, **changes: object) -> str:
        """Install a definition and return its ID."""
        document = definition(**changes)
        identity = "{definition}@{server}:{disk}".format(**document)
        self.put_json(f"definitions/{identity}.json", document)
        return identity

    def put(self, path: str, content: bytes | str) -> Path:
        """Write a file below the root."""
        target = self.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content if isinstance(content, bytes) else content.encode())
        return target

    def put_json(self, path: str, document: object) -> Path:
        """Write a document into the inventory's settings."""
        return self.put(f"etc/holdfast/{self.inventory}/{path}", canonical.dumps(document))

    def store(self, folder: str, manifest: Manifest) -> None:
        """Put a backup of four bytes into a folder of the storage, as this node signs it."""
        sealed, unsigned = signature.seal(self.layout, manifest._replace(stored=Sum("bb", 4)))
        assert not unsigned
        self.put(f"mnt/nas/{folder}/{manifest.backup}.img", b"data")
        self.put(f"mnt/nas/{folder}/{manifest.backup}.json", sealed.to_text())

    def start(self, *words: str) -> subprocess.Popen[str]:
        """Start the agent as cron would, in a process of its own."""
        return subprocess.Popen(
            [sys.executable, "-c", RUN, *words],
            env={"HOLDFAST_ROOT": str(self.root)},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, *words: str, limit: float = 300) -> subprocess.CompletedProcess[str]:
        """Run the agent to its end."""
        with self.start(*words) as process:
            out, errors = process.communicate(timeout=limit)
        return subprocess.CompletedProcess(words, process.returncode, out, errors)

    def manifests(self) -> list[dict[str, object]]:
        """Return the manifests of ID, oldest first."""
        found = (path for path in self.disk.glob("*.json") if not path.name.endswith(".state.json"))
        documents = [json.loads(path.read_text()) for path in found]
        return sorted(documents, key=lambda document: document["sequence"])

    def names(self) -> list[str]:
        """Return all that lies in the folder of ID, hidden files too."""
        return sorted(os.listdir(self.disk)) if self.disk.is_dir() else []
