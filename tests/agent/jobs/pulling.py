"""A desk whose node is the connector of simulated LoadMasters, and their backups opened again."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from agent.age.test_keys import IDENTITY
from agent.backups.appliances import document
from agent.loadmaster.connector import Connector
from holdfast.agent.age import file as age
from holdfast.agent.age import keys, x25519
from holdfast.agent.jobs import runs

if TYPE_CHECKING:
    from pathlib import Path

    from agent.desk import Desk
    from holdfast.agent.jobs.runs import Run
    from holdfast.lab.loadmaster.device import Device
    from holdfast.lab.loadmaster.estate import Site

ID = "nightly@lm-1"
OPENS = keys.Identity.parse(IDENTITY)
RECIPIENT = str(x25519.recipient_of(OPENS))


@dataclass(frozen=True)
class Pulling:
    """One device, its connector, and what the connector stores of it."""

    desk: Desk
    site: Site

    @property
    def device(self) -> Device:
        return self.site.device

    @property
    def connector(self) -> Connector:
        return Connector(self.desk.root)

    @property
    def folder(self) -> Path:
        return self.desk.nas / "lm-1"

    def settle(self, **changes: Any) -> Pulling:
        """Have the connector know the device, and a definition of it."""
        self.desk.settle()
        self.know()
        return self.define(**changes)

    def know(self, **changes: Any) -> None:
        self.connector.know(self.site, **changes)

    def define(self, **changes: Any) -> Pulling:
        source = {"kind": "loadmaster", "place": "lm-1", "node": "bkp01"}
        told = document(loadmaster="lm-1", source=source, **{"encrypt_to": [RECIPIENT], **changes})
        self.desk.put_json(f"definitions/{ID}.json", told)
        return self

    def run(self) -> Run:
        """Make a backup as cron has it made, and return how the run ended."""
        self.desk.run("run", "prg", ID, limit=60)
        return runs.read(self.desk.layout, ID)[-1]

    def manifests(self) -> list[dict[str, Any]]:
        """Return the manifests, oldest first."""
        paths = (p for p in self.folder.glob("*.json") if ".state." not in p.name)
        told = [json.loads(path.read_text()) for path in paths]
        return sorted((t for t in told if "sequence" in t), key=lambda t: t["sequence"])

    def names(self) -> list[str]:
        return sorted(path.name for path in self.folder.iterdir()) if self.folder.is_dir() else []


def opened(path: Path) -> bytes:
    """Return the content of a stored file."""
    if path.suffix != ".age":
        return path.read_bytes()
    return b"".join(age.decrypt([path.read_bytes()], [OPENS]))
