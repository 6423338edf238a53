"""Simulated LoadMasters behind a desk's nodes, and what became of them."""

from __future__ import annotations

import copy
import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from cli.desk import Desk
from holdfast.lab.loadmaster.firmware import Firmware
from holdfast.lab.loadmaster.switches import Switches

if TYPE_CHECKING:
    from pathlib import Path

    from holdfast.lab.loadmaster.configuration import Configuration
    from holdfast.lab.loadmaster.device import Device
    from holdfast.lab.loadmaster.estate import Estate, Site
    from holdfast.lab.loadmaster.tls import Identity

FIRMWARE = Firmware.parse("7.2.63.2.1.RELEASE")  # with none of the known holes
AUTOMATED = {
    "enable": "true",
    "hour": "3",
    "minute": "10",
    "host": "bkp01:2222",
    "user": "lm",
    "password": "env/LM_SFTP",
    "path": "/lm",
}
PASSWORD = "canary-sftp-password"  # noqa: S105  # of nobody


@dataclass
class State:
    """What a device is set to, to be brought back."""

    configuration: Configuration
    identity: Identity

    @classmethod
    def of(cls, device: Device) -> State:
        return cls(copy.deepcopy(device.configuration), device.identity)

    def bring_back(self, device: Device) -> None:
        device.configuration = copy.deepcopy(self.configuration)
        device.identity, device.firmware = self.identity, FIRMWARE
        device.switches = Switches()
        device.faults.clear()
        device.lockout.unblock()
        device.calls.clear()


@dataclass
class Ground:
    """Devices and a folder in which they were applied: lm-1 with its schedule, lm-2 without."""

    estate: Estate
    folder: Path
    fresh: list[State] = field(default_factory=list)
    applied: list[State] = field(default_factory=list)
    inventory: dict[str, Any] = field(default_factory=dict)

    def apply(self) -> None:
        devices = [site.device for site in self.estate.sites]
        self.fresh = [State.of(device) for device in devices]
        desk = Desk(self.folder, None)  # type: ignore[arg-type]  # a process needs no capture
        first, second = self.estate.sites
        declare(desk, first, automated_backup=dict(AUTOMATED))
        declare(desk, second)
        ran = desk.process("apply", "--auto-approve", env={**os.environ, **keys(self.estate)})
        assert ran.code == 0, ran
        self.inventory = desk.inventory
        self.applied = [State.of(device) for device in devices]

    def bring_back(self, states: list[State]) -> None:
        for site, state in zip(self.estate.sites, states, strict=True):
            state.bring_back(site.device)


def declare(desk: Desk, site: Site, connector: str = "n1", **more: Any) -> None:
    """Add a device to a desk's inventory under its own name."""
    name = site.device.name
    entry = {
        "address": site.address,
        "connector": connector,
        "api_key": f"env/{variable(name)}",
        "tls": {"sha256": site.device.identity.sha256},
    }
    desk.inventory.setdefault("loadmasters", {})[name] = {**entry, **more}
    desk.write()


def keys(estate: Estate) -> dict[str, str]:
    """Return the variables with the API keys of all devices and a backup password."""
    found = {variable(site.device.name): site.api_key for site in estate.sites}
    return {**found, "LM_SFTP": PASSWORD}


def variable(name: str) -> str:
    return f"KEY_{name.replace('-', '_').upper()}"


def parameters(device: Device) -> dict[str, Any]:
    """Return the parameters of a device's own schedule, in clear."""
    names = ("enable", "day", "hour", "minute", "host", "method", "user", "password", "ident")
    return {name: device.value(f"backup{name}") for name in (*names, "path")}


def sets(device: Device) -> int:
    """Return how many parameters were set by API calls."""
    return sum(call.command == "set" for call in device.calls.listed())
