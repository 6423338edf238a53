"""Backups made by the real commands on the desk's nodes, to be worked on."""

from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING, Any

from agent.queueing import wait
from holdfast.agent import canonical

if TYPE_CHECKING:
    from pathlib import Path

    from cli.desk import Desk

ID = "daily@web01:1"
IMAGE = "n1/images/web.raw"
TARGET = "web01:1"


def made(desk: Desk, identity: str = ID) -> str:
    """Make a backup and return its full name, once the dispatcher has put its ticket away."""
    name = desk.ok("backup", "now", identity).out.strip()
    wait(lambda: not list(desk.folder.glob("*/var/lib/holdfast/queue/[0-9]*")))
    return name


def listed(desk: Desk, *words: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = desk.run("backup", "list", "--format", "json", *words).json[
        "backups"
    ]
    return found


def artefact(desk: Desk, name: str) -> Path:
    """Return the stored file of a backup of web01:1."""
    (path,) = desk.node("n1/backup/web01/disk1").glob(name.rpartition("/")[2] + ".img*")
    return path


def unsign(desk: Desk, name: str, **changes: Any) -> None:
    """Change the manifest of a backup of web01:1 and take its signature away."""
    path = artefact(desk, name).parent / f"{name.rpartition('/')[2]}.json"
    document = json.loads(path.read_text())
    document.pop("signature", None)
    path.write_text(canonical.dumps({**document, **changes}) + "\n")


def identity(desk: Desk) -> tuple[str, str]:
    """Return the file of a new identity, made by the age program, and its recipient."""
    path = desk.node("identity.txt")
    subprocess.run(["age-keygen", "-o", str(path)], check=True, capture_output=True)
    said = subprocess.run(
        ["age-keygen", "-y", str(path)], check=True, capture_output=True, text=True
    )
    return str(path), said.stdout.strip()


def sealed(desk: Desk, recipient: str, compression: str = "gzip") -> None:
    """Have web01:1 compressed and encrypted from now on."""
    desk.inventory["definitions"][0] |= {"encrypt_to": [recipient], "compression": compression}
    desk.apply()
