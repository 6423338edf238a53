"""One simulated appliance: its state, and what it says of itself."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from functools import cached_property
from threading import RLock
from typing import TYPE_CHECKING

from holdfast.lab.loadmaster import sample
from holdfast.lab.loadmaster.calls import Calls
from holdfast.lab.loadmaster.fault import Faults
from holdfast.lab.loadmaster.lockout import Lockout
from holdfast.lab.loadmaster.ratelimit import RateLimit
from holdfast.lab.loadmaster.switches import Switches
from holdfast.lab.loadmaster.tls import Identity

if TYPE_CHECKING:
    from collections.abc import Callable

    from holdfast.lab.loadmaster.certificates import Certificates
    from holdfast.lab.loadmaster.configuration import Configuration
    from holdfast.lab.loadmaster.firmware import Firmware
    from holdfast.lab.loadmaster.pair import Pair

HOST = "127.0.0.1"


@dataclass
class Device:
    """State in memory. Who reads or changes `configuration` or `certificates` holds `lock`."""

    name: str
    serial: str
    firmware: Firmware
    configuration: Configuration
    identity: Identity
    clock: Callable[[], float] = time.time
    switches: Switches = field(default_factory=Switches)
    faults: Faults = field(default_factory=Faults)
    calls: Calls = field(default_factory=Calls)
    limit: RateLimit = field(default_factory=RateLimit)
    lockout: Lockout = field(default_factory=Lockout)
    lock: RLock = field(default_factory=RLock, repr=False)
    pair: Pair | None = None
    booted: float = 0.0
    ready: float = 0.0
    stamps: dict[str, tuple[bytes, int]] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        self.booted = self.ready = self.clock()

    @cached_property
    def certificates(self) -> Certificates:
        """What it holds for its services; made when first asked for, since keys take time."""
        return sample.certificates()

    def facts(self) -> dict[str, str]:
        """Return the values of the parameters that nobody can set."""
        return {
            "version": self.firmware.text,
            "serialnumber": self.serial,
            "boottime": str(int(self.booted)),
            "activetime": str(self._active_seconds()),
            "hastatus": self.pair.role(self) if self.pair else "HA not configured",
        }

    def value(self, name: str) -> str | None:
        """Return a parameter by its name in lower case; None where it is unset."""
        return self.facts().get(name) or self.configuration.parameters.get(name)

    def is_on(self, name: str) -> bool:
        """Tell whether a flag is set."""
        return self.value(name) == "yes"

    def booting(self) -> bool:
        """Tell whether it is still coming up."""
        return self.clock() < self.ready

    def reboot(self, seconds: float | None = None) -> None:
        """Come up again; until then every call is answered by 503."""
        self.booted = self.clock()
        self.ready = self.booted + (self.switches.boot_seconds if seconds is None else seconds)
        if self.pair:
            self.pair.left(self)

    def change_certificate(self, days: int = 365) -> None:
        """Serve a new certificate from the next connection on."""
        self.identity = Identity.make(self.name, HOST, days)

    def blocked(self) -> list[str]:
        """Return the users who failed to log in too often."""
        return self.lockout.blocked(int(self.value("sessionmaxfailattempts") or 0))

    def _active_seconds(self) -> int:
        if self.pair and self.pair.active is not self:
            return 0
        since = max(self.booted, self.pair.since) if self.pair else self.booted
        return int(self.clock() - since)
