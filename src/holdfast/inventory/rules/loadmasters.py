"""LoadMasters: that each has its connector, and that no two are one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from holdfast.agent.loadmaster.firmware import Firmware
from holdfast.inventory.finding import Finding, meant
from holdfast.model.loadmaster import MINIMUM_FIRMWARE
from holdfast.problem import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from holdfast.inventory.inventory import Inventory
    from holdfast.model.loadmaster import AutomatedBackup


def loadmasters(inventory: Inventory) -> Iterator[Finding]:
    """Find unknown or retired connectors, one address twice, old firmware, half a schedule."""
    first: dict[str, str] = {}
    ordered = sorted(inventory.loadmasters, key=lambda name: inventory.place(("loadmasters", name)))
    for name in ordered:
        appliance, path = inventory.loadmasters[name], ("loadmasters", name)
        earlier = first.setdefault(appliance.address.lower().removesuffix(":443"), name)
        if earlier != name:
            what = f"is the address of `{earlier}` too"
            yield Finding((*path, "address"), what, "one name a LoadMaster")
        connector = inventory.nodes.get(appliance.connector)
        if appliance.connector not in inventory.declared["nodes"]:
            hint = meant(appliance.connector, inventory.declared["nodes"])
            yield Finding((*path, "connector"), f"unknown node `{appliance.connector}`", hint)
        elif connector is not None and connector.retired:
            what = f"node `{appliance.connector}` is retired"
            yield Finding((*path, "connector"), what, "name another that reaches the LoadMaster")
        if _numbers(appliance.minimum_firmware) < _numbers(MINIMUM_FIRMWARE):
            what = f"firmware under {MINIMUM_FIRMWARE} is less than LoadMaster 360 backs up"
            hint = "update the LoadMaster, then take this line out"
            yield Finding((*path, "minimum_firmware"), what, hint, Severity.WARNING)
        if appliance.automated_backup is not None:
            for key, what, hint, severity in _automated(appliance.automated_backup):
                yield Finding((*path, "automated_backup", key), what, hint, severity)


def _numbers(version: str) -> tuple[int, ...]:
    return Firmware.parse(version).numbers


def _automated(backup: AutomatedBackup) -> Iterator[tuple[str, str, str, Severity]]:
    if not backup.enable:
        return
    for key in ("host", "user"):
        if key not in backup.model_fields_set:
            yield key, "required with `enable: true`", "", Severity.ERROR
    if not backup.model_fields_set & {"password", "identity"}:
        what = "no `password` and no `identity`: what the device has is left as it is"
        yield "enable", what, "it cannot be read; without one no backup gets out", Severity.WARNING
    if backup.method == "ftp":
        what = "ftp sends the configuration and the password in clear"
        yield "method", what, "sftp or scp", Severity.WARNING
