"""What a device is: commands offered, licence, previous firmware, reboot."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from holdfast.lab.loadmaster.answer import Answer, Done, Values, Verbatim
from holdfast.lab.loadmaster.commands.command import Command

if TYPE_CHECKING:
    from holdfast.lab.loadmaster.call import Call
    from holdfast.lab.loadmaster.device import Device

PREVIOUS = "7.2.61.0.22001.RELEASE"


def listapi(device: Device, _call: Call) -> Answer:
    """Return the names of all commands, after the version."""
    from holdfast.lab.loadmaster import commands  # noqa: PLC0415  # the list of all holds this one

    names = sorted(
        name for name, command in commands.COMMANDS.items() if command.exists(device.firmware)
    )
    return Values({"version": Verbatim(device.firmware.text), "cmd": [Verbatim(n) for n in names]})


def licenseinfo(device: Device, _call: Call) -> Answer:
    """Return the licence; some values end in a newline or stand in quotes, as on the device."""
    return Values(
        {
            "uuid": str(uuid.uuid5(uuid.NAMESPACE_OID, device.serial)),
            "ActivationDate": "Tue Jan  6 10:12:00 UTC 2026\n",
            "LicensedUntil": "unlimited",
            "SupportLevel": '"Enterprise Plus"',
            "SupportUntil": "Wed Jan  6 00:00:00 UTC 2027\n",
            "LicenseType": "VLM-MAX Enterprise Plus",
            "LicenseStatus": "Single Perm",
            "ApplianceModel": "VLM-MAX",
            "FreeLicense": "no",
            "MaxVS": "1000",
            "HA": "yes",
        }
    )


def getpreviousversion(_device: Device, _call: Call) -> Answer:
    """Return the firmware before this one."""
    return Values({"PreviousVersion": Verbatim(PREVIOUS)})


def reboot(device: Device, _call: Call) -> Answer:
    """Answer, and be away for a while."""
    device.reboot()
    return Done()


COMMANDS = {
    "listapi": Command(listapi),
    "licenseinfo": Command(licenseinfo),
    "getpreviousversion": Command(getpreviousversion),
    "reboot": Command(reboot, ("root",)),
}
