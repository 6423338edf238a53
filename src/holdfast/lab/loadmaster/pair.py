"""Two units that share services under one address; only one of them is active."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from holdfast.lab.loadmaster.configuration import PART_OF, Part

if TYPE_CHECKING:
    from holdfast.lab.loadmaster.device import Device

ACTIVE, STANDBY = "Active", "Standby"


@dataclass
class Pair:
    """An HA pair. Base settings, users and keys are each unit's own; the rest is shared."""

    first: Device
    second: Device
    active: Device = field(init=False)
    since: float = 0.0

    def __post_init__(self) -> None:
        self.active, self.since = self.first, self.first.booted
        for mode, unit in enumerate((self.first, self.second), start=1):
            unit.pair = self
            unit.configuration.set("hamode", str(mode))
        self.second.lock = self.first.lock
        shared = {table for table, part in PART_OF.items() if part is not Part.BASE}
        for table in shared:
            self.second.configuration.tables[table] = self.first.configuration.tables[table]

    def role(self, unit: Device) -> str:
        """Return what `hastatus` says of a unit."""
        return ACTIVE if unit is self.active else STANDBY

    def fail_over(self) -> None:
        """Make the other unit the active one."""
        self.active = self.second if self.active is self.first else self.first
        self.since = self.active.clock()

    def left(self, unit: Device) -> None:
        """Take note that a unit is gone for a while."""
        if unit is self.active:
            self.fail_over()
