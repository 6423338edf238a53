"""The lab's LoadMasters: simulated ones at the addresses that the inventory names, in one process.

`up` puts down what their inventory refers to: API keys, certificates, passwords of nobody.
"""

from __future__ import annotations

import json
import os
import secrets
import signal
import ssl
import sys
import time
from contextlib import closing
from http.client import HTTPConnection
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from holdfast.agent import process
from holdfast.agent.fields import Fields
from holdfast.lab.loadmaster.device import HOST
from holdfast.lab.nodes import LabError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from holdfast.inventory.inventory import Inventory
    from holdfast.model.loadmaster import LoadMaster
    from holdfast.model.secret import SecretRef

FIRMWARE = "7.2.63.2.1.RELEASE"  # with none of the known holes
_STATE = ".holdfast/lab/loadmasters.json"
_PATIENCE = 20.0  # seconds
_PROGRAM = "from holdfast.cli.main import main; main()"


def up(inventory: Inventory) -> Iterator[str]:
    """Start the LoadMasters of the lab unless they run; yield a line each."""
    found = _of_lab(inventory)
    if not found:
        return
    path = inventory.base / _STATE
    running = _running(path)
    if running is None:
        path.parent.mkdir(parents=True, exist_ok=True)
        running = _start(found, path)
    for (name, declared), device in zip(found.items(), running["devices"], strict=True):
        _put_down(inventory, name, declared, device)
        yield f"LoadMaster {name}: {declared.address}"


def down(inventory: Inventory) -> Iterator[str]:
    """Stop them; what they were set to do is gone with them."""
    path = inventory.base / _STATE
    running = _running(path)
    if running is not None:
        os.kill(_process(running).pid, signal.SIGTERM)
        deadline = time.monotonic() + _PATIENCE
        while process.alive(_process(running)):
            if time.monotonic() > deadline:
                raise LabError(f"the LoadMasters (process {running['pid']}) do not end")
            time.sleep(0.05)
        yield "LoadMasters: stopped"
    path.unlink(missing_ok=True)


def change(inventory: Inventory, name: str, parameters: dict[str, str]) -> None:
    """Set parameters of a LoadMaster of the lab, as somebody at its web interface does.

    An empty value unsets.
    """
    values = {key: value or None for key, value in parameters.items()}
    _order(inventory, name, "PATCH", {"parameters": values})


def shown(inventory: Inventory, name: str, parameter: str) -> str:
    """Return a parameter of a LoadMaster of the lab, as its web interface shows it."""
    found = _order(inventory, name, "GET", {})["parameters"].get(parameter.lower())
    if found is None:
        raise LabError(f"{name}: {parameter} is not set")
    return str(found)


def _order(inventory: Inventory, name: str, method: str, document: dict[str, Any]) -> Any:
    """Return what the simulator answers to an order; raise LabError where it refuses."""
    running = _running(inventory.base / _STATE)
    names = list(_of_lab(inventory))
    if running is None or name not in names:
        raise LabError(f"{name}: no such LoadMaster runs; `holdfast lab up` starts {names}")
    device = running["devices"][names.index(name)]["name"]
    parts = urlsplit(running["control"])
    with closing(HTTPConnection(parts.hostname or HOST, parts.port, timeout=_PATIENCE)) as line:
        line.request(method, f"{parts.path}/devices/{device}", json.dumps(document))
        answer = line.getresponse()
        said = json.loads(answer.read())
    if answer.status != 200:  # noqa: PLR2004 - HTTP's
        raise LabError(f"{name}: {said.get('error')}")
    return said


def _of_lab(inventory: Inventory) -> dict[str, LoadMaster]:
    """Return the LoadMasters to simulate, by port: those of a local node, on this machine."""
    found = {
        name: device
        for name, device in inventory.loadmasters.items()
        if urlsplit(device.address).hostname == HOST
        and inventory.nodes[device.connector].transport == "local"
    }
    return dict(sorted(found.items(), key=lambda item: _port(item[1])))


def _port(device: LoadMaster) -> int:
    return urlsplit(device.address).port or 0


def _start(found: dict[str, LoadMaster], path: Path) -> dict[str, Any]:
    ports = [_port(device) for device in found.values()]
    if ports != list(range(ports[0], ports[0] + len(ports))):
        raise LabError(f"the ports of the lab's LoadMasters must follow each other: {ports}")
    words = ["lab", "loadmaster", "--port", str(ports[0]), "--count", str(len(ports))]
    log = path.with_suffix(".log")
    pid, line = _spawned([sys.executable, "-c", _PROGRAM, *words, "--firmware", FIRMWARE], log)
    if not line:
        raise LabError(f"no LoadMaster: {log.read_text(encoding='utf-8').strip()}")
    running = {**process.of(pid)._asdict(), **json.loads(line)}
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        json.dump(running, file)
    return running


def _spawned(words: list[str], log: Path) -> tuple[int, str]:
    """Start a program that outlives this one; return its number and the first line it says."""
    said, saying = os.pipe()
    actions: list[tuple[Any, ...]] = [
        (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
        (os.POSIX_SPAWN_DUP2, saying, 1),
        (os.POSIX_SPAWN_OPEN, 2, str(log), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600),
    ]
    try:
        pid = os.posix_spawn(words[0], words, os.environ, file_actions=actions, setsid=True)
    finally:
        os.close(saying)
    with open(said, encoding="utf-8") as lines:
        return pid, lines.readline()


def _running(path: Path) -> dict[str, Any] | None:
    """Return what is known of the LoadMasters that run; None where none do."""
    try:
        document: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    return document if process.alive(_process(document)) else None


def _process(document: dict[str, Any]) -> process.Process:
    return process.Process.from_fields(Fields(document, "the lab's LoadMasters"))


def _put_down(
    inventory: Inventory, name: str, declared: LoadMaster, device: dict[str, Any]
) -> None:
    """Write the files that the inventory names for a device: its key, its certificate, the rest."""
    if declared.api_key is None or declared.tls.ca is None:
        raise LabError(
            f"{name}: a LoadMaster of the lab has `api_key: file/…` and `tls: {{ca: …}}`"
        )
    parts = urlsplit(declared.address)
    pem = ssl.get_server_certificate((HOST, parts.port or 0))
    (inventory.base / declared.tls.ca).write_text(pem, encoding="utf-8")
    _write(inventory, declared.api_key, device["api_key"])
    automated = declared.automated_backup
    for reference in (automated.password, automated.identity) if automated else ():
        if reference is not None and not (inventory.base / reference.name).exists():
            _write(inventory, reference, secrets.token_urlsafe(12))


def _write(inventory: Inventory, reference: SecretRef, value: str) -> None:
    if reference.kind != "file":
        return
    path = inventory.base / reference.name
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(value)
