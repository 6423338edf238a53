"""Estate: hosts, the inventory that describes them, and the `holdfast` command that drives it."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import yaml

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from hosts.host import Host
    from hosts.keys import Pair

HOLDFAST = str(Path(sys.executable).with_name("holdfast"))
AGENT = "/opt/holdfast/holdfast-agent"
STORAGE = "/backup"
DISKS = 50
SECONDS = 60


@dataclass(frozen=True)
class Done:
    """A command that has ended."""

    code: int
    out: str
    err: str

    @property
    def said(self) -> str:
        return self.out + self.err


class Running:
    """A command at work."""

    def __init__(self, words: Sequence[str], folder: Path, environ: Mapping[str, str]) -> None:
        # Not a pipe, which would fill while the progress is followed.
        self._out = folder / f"{uuid.uuid4()}.out"
        with self._out.open("w") as out:
            self.process = subprocess.Popen(
                words,
                cwd=folder,
                env=environ,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.PIPE,
                text=True,
            )
        self._progress = ""

    def follow(self, ending: str) -> None:
        """Wait until a line of its progress ends so."""
        assert self.process.stderr is not None
        for line in self.process.stderr:
            self._progress += line
            if line.endswith(f"{ending}\n"):
                return
        raise AssertionError(f"ended without {ending!r}: {self._progress}")

    def end(self) -> Done:
        """Wait for the end."""
        _, err = self.process.communicate(timeout=SECONDS)
        return Done(self.process.returncode, self._out.read_text(), self._progress + err)


class Estate:
    """An inventory to fill in: `nodes`, `servers`, `definitions` and the rest, as in its YAML."""

    def __init__(self, folder: Path, key: Pair, identity: str = "prg") -> None:
        self.folder = folder
        self.hosts: dict[str, Host] = {}
        self.nodes: dict[str, dict[str, object]] = {}
        self.servers: dict[str, dict[str, object]] = {}
        self.definitions: list[dict[str, object]] = []
        self.others: dict[str, object] = {"inventory": {"id": identity}}
        self.environ = {"HOLDFAST_KEY": key.private}

    def add(self, host: Host, **fields: object) -> None:
        """Declare a host as a node with a storage at STORAGE."""
        self.hosts[host.name] = host
        self.nodes[host.name] = {
            "address": host.address,
            "ssh": {"host_key": host.host_key, "identity": "env/HOLDFAST_KEY"},
            "storages": {"disk": {"path": STORAGE}},
            **fields,
        }

    def add_reader(self, key: Pair) -> None:
        """Give every node a second key that may only read."""
        self.environ["HOLDFAST_READ_KEY"] = key.private
        for node in self.nodes.values():
            node["ssh"]["read_identity"] = "env/HOLDFAST_READ_KEY"  # type: ignore[index]  # as in YAML

    def serve(self, node: str, server: str, content: bytes) -> None:
        """Put a disk image on a node and declare the server that it is the disk 1 of."""
        place = f"/images/{server}.raw"
        image = self.hosts[node].path(place)
        image.parent.mkdir(exist_ok=True)
        image.write_bytes(content)
        # The same name is the same machine, also in another inventory.
        identity = str(uuid.uuid5(uuid.NAMESPACE_DNS, server))
        self.servers[server] = {"uuid": identity, "node": node, "disks": {1: {"image": place}}}

    def promise(self, name: str, server: str, **fields: object) -> dict[str, object]:
        """Declare a definition of a server's disk 1, and return it to be changed."""
        definition = {
            "name": name,
            "sources": [f"{server}:1"],
            "type": "file",
            "node": self.servers[server]["node"],
            "storage": "disk",
            "schedule": "0 2 * * *",
            "retention": 14,
            "encrypt_to": "none",
            **fields,
        }
        self.definitions.append(definition)
        return definition

    def crowd(self, node: str, count: int) -> None:
        """Declare so many definitions on a node, in fifties, that an apply takes a while."""
        for number in range(0, count, DISKS):
            server = f"crowd{number}"
            self.serve(node, server, b"")
            disks = {
                disk: {"image": f"/images/{server}-{disk}.raw"} for disk in range(1, DISKS + 1)
            }
            self.servers[server]["disks"] = disks
        self.promise("many", "crowd0", sources=["crowd*:*"])

    def start(self, command: str, *arguments: str) -> Running:
        """Start a command on the inventory as it is now."""
        written = self.others | {
            "nodes": self.nodes,
            "servers": self.servers,
            "definitions": self.definitions,
        }
        directory = self.folder / "inventory"
        directory.mkdir(exist_ok=True)
        (directory / "inventory.yaml").write_text(yaml.safe_dump(written, sort_keys=False))
        known = {name: os.environ[name] for name in ("PATH", "PYTHONPATH") if name in os.environ}
        environ = known | {"HOME": str(self.folder)} | self.environ
        return Running([HOLDFAST, *command.split(), *arguments], self.folder, environ)

    def run(self, command: str, *arguments: str) -> Done:
        """Run a command on the inventory as it is now, to its end."""
        return self.start(command, *arguments).end()

    def apply(self, *arguments: str) -> Done:
        """Apply without asking."""
        return self.run("apply --auto-approve", *arguments)

    def settle(self) -> None:
        """Apply, which must go well, and see that nothing is left to do."""
        applied = self.apply()
        assert applied.code == 0, applied.said
        self.expect_nothing_to_do()

    def expect_nothing_to_do(self) -> None:
        planned = self.run("plan --detailed-exitcode")
        assert planned.code == 0, planned.said
        assert planned.out.startswith("No changes"), planned.out

    def back_up(self, node: str, identity: str) -> None:
        """Have a node run a definition now; an error carries what its agent said."""
        inventory = self.others["inventory"]["id"]  # type: ignore[index]  # as in YAML
        self.hosts[node].run(AGENT, "run", inventory, identity)


def noise(seed: str, size: int) -> bytes:
    """Return bytes that are no zeros: the same for the same seed."""
    return hashlib.shake_256(seed.encode()).digest(size)
