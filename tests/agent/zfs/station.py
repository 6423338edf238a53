"""A node with a dataset of a server and a pool for its backups, as an apply would leave them."""

from __future__ import annotations

import contextlib
import itertools
import json
import subprocess
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from agent import keys
from agent.zfs.pools import export, find, zfs
from holdfast.agent import canonical
from holdfast.agent.jobs import runs

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agent.desk import Desk
    from agent.zfs.disks import Disk
    from holdfast.agent.jobs.runs import Run

_NUMBERS = itertools.count(1)


@dataclass(frozen=True)
class Station:
    """One inventory on a node whose pools are `source` and `target`."""

    desk: Desk
    source: str
    target: str
    kind: Disk
    files: Path = Path()  # where the server's disk is mounted
    number: int = 1

    @property
    def id(self) -> str:
        return f"daily@web01:{self.number}"

    @property
    def disk(self) -> str:
        return f"{self.source}/web01"

    @property
    def parent(self) -> str:
        return f"{self.target}/holdfast"

    @property
    def chain(self) -> str:
        return f"{self.parent}/web01/disk{self.number}"

    @property
    def manifests(self) -> Path:
        mounted = zfs("get", "-H", "-o", "value", "mountpoint", self.parent).strip()
        return Path(mounted) / f".holdfast/manifests/web01/disk{self.number}"

    @contextlib.contextmanager
    def settled(self) -> Iterator[Self]:
        """Make the disk, the storage and one definition."""
        self.kind.create(self.disk)
        self.store("zones", self.parent)
        keys.settle(self.desk.layout)
        self.desk.put_json("node.json", {"slots": 2, "was": []})
        self.define()
        with self.opened(self.disk) as files:
            yield replace(self, files=files)

    def opened(self, dataset: str) -> contextlib.AbstractContextManager[Path]:
        """Give the folder with the files of a disk."""
        return self.kind.mounted(dataset, self.desk.root.parent / f"disk{next(_NUMBERS)}")

    def store(self, name: str, parent: str) -> None:
        """Make a storage of a dataset."""
        zfs("create", parent)
        mounted = Path(zfs("get", "-H", "-o", "value", "mountpoint", parent).strip())
        (mounted / ".holdfast-storage.json").write_text(canonical.dumps({"id": "of " + parent}))
        record = {"kind": "dataset", "place": parent, "marker": "of " + parent}
        self.desk.put_json(f"storages/{name}.json", record)

    def define(self, **changes: object) -> str:
        """Install a definition of the dataset and return its ID."""
        source = {"kind": "dataset", "place": self.disk, "node": "bkp01"}
        return self.desk.define(
            **{
                "definition": "daily",
                "disk": self.number,
                "source": source,
                "type": "dataset",
                "storage": "zones",
                "place": self.parent,
                "timeout": 600,  # the machine may be one whose every instruction is translated
                "queue_timeout": 600,
                **changes,
            }
        )

    def run(self, identity: str = "") -> Run:
        """Make one backup and return its run."""
        self.desk.run("run", "prg", identity or self.id)
        return runs.read(self.desk.layout, identity or self.id)[-1]

    def failed(self, identity: str = "") -> str:
        """Make one run that must fail; return the reason."""
        ended = self.run(identity)
        assert ended.status == "failed"
        return ended.reason

    def good(self, identity: str = "") -> str:
        """Make one backup that must succeed; return its name."""
        ended = self.run(identity)
        assert ended.status == "success", ended.reason
        return ended.backup

    def listed(self) -> list[dict[str, Any]]:
        """Return the manifests of the disk, oldest first."""
        found = (path for path in self.manifests.glob("[!.]*.json"))
        documents = [json.loads(path.read_text()) for path in found]
        return sorted(documents, key=lambda document: document["sequence"])

    def names(self) -> list[str]:
        """Return the names of the disk's backups, oldest first."""
        return [str(document["backup"]) for document in self.listed()]

    def another(self) -> Station:
        """Define the next disk of the same dataset, whose chain is yet to begin."""
        other = replace(self, number=self.number + 1)
        other.define()
        return other

    def spoil(self, block: bytes) -> None:
        """Alter a block everywhere in the target's own file, behind the back of ZFS."""
        export(self.target)
        backing = self.desk.root.parent / f"{self.target}.pool"
        content = backing.read_bytes()
        assert block in content
        backing.write_bytes(content.replace(block, bytes(len(block))))
        find(self.target, backing.parent)

    def restored(self, snapshot: str) -> dict[str, bytes]:
        """Return the files of a received snapshot, sent to a dataset of its own and mounted."""
        # Each in a dataset of its own, which goes with the pool: a mount may be busy for a while.
        target = f"{self.source}/restored{next(_NUMBERS)}"
        with subprocess.Popen(["zfs", "send", snapshot], stdout=subprocess.PIPE) as sending:
            subprocess.run(["zfs", "receive", target], stdin=sending.stdout, check=True)
        with self.opened(target) as folder:
            return files(folder)


def files(folder: Path) -> dict[str, bytes]:
    """Return the content of every file of a folder."""
    paths = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in paths}


def snapshots(dataset: str) -> list[str]:
    """Return the names of a dataset's snapshots, oldest first."""
    told = zfs("get", "-H", "-p", "-r", "-d", "1", "-o", "name,value", "createtxg", dataset)
    found = [line.split("\t") for line in told.splitlines() if line.startswith(dataset + "@")]
    return [name.partition("@")[2] for name, _ in sorted(found, key=lambda each: int(each[1]))]
