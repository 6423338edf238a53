"""What a LoadMaster's own schedule in the inventory means, for `explain`. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from holdfast.desired.automated_backup import SECRETS, address

if TYPE_CHECKING:
    from holdfast.inventory.inventory import Inventory
    from holdfast.model.loadmaster import AutomatedBackup
    from holdfast.problem import Place


@dataclass(frozen=True)
class Automated:
    """One device's schedule; `secrets` are the references that are written and never compared."""

    address: str
    source: Place
    connector: str
    schedule: AutomatedBackup
    secrets: tuple[str, ...]


def automated(inventory: Inventory) -> dict[str, Automated]:
    """Return the schedules that the inventory manages, by address."""
    found = {}
    for name, device in inventory.loadmasters.items():
        schedule = device.automated_backup
        if schedule is not None:
            references = ((field, getattr(schedule, field)) for field in SECRETS)
            found[str(address(name))] = Automated(
                str(address(name)),
                inventory.place(("loadmasters", name, "automated_backup")),
                device.connector,
                schedule,
                tuple(f"{field} ({ref})" for field, ref in references if ref is not None),
            )
    return found
