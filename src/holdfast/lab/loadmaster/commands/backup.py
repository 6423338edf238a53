"""Backup and restore of the configuration and of the certificates."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from holdfast.lab.loadmaster import snapshot
from holdfast.lab.loadmaster.answer import Answer, Done, File, Refused
from holdfast.lab.loadmaster.certificates import FULL, SERVICES, THIRD
from holdfast.lab.loadmaster.commands.command import Command
from holdfast.lab.loadmaster.configuration import Part

if TYPE_CHECKING:
    from holdfast.lab.loadmaster.call import Call
    from holdfast.lab.loadmaster.device import Device

_PASSPHRASE = re.compile(r"[A-Za-z0-9]{7,64}")
_ALL = Part.BASE | Part.VS | Part.GEO | Part.SSO


def backup(device: Device, _call: Call) -> Answer:
    """Return the configuration."""
    return snapshot.backup(device)


def restore(device: Device, call: Call) -> Answer:
    """Take over the parts of a configuration that `type` names."""
    parts = parts_of(call.need("type"))
    snapshot.restore(device, call.upload(), parts)
    return Done()


def parts_of(text: str) -> Part:
    """Return the parts that a `type` of 1 to 15 names."""
    if not (re.fullmatch(r"[0-9]{1,6}", text) and 1 <= int(text) <= _ALL):
        raise Refused(422, "Unknown parameter value")
    return Part(int(text))


def backupcert(device: Device, call: Call) -> Answer:
    """Return the certificates and keys, encrypted with the caller's passphrase."""
    passphrase = _passphrase(call)
    return File(f"LMCertBackup_{device.value('hostname')}", device.certificates.backup(passphrase))


def restorecert(device: Device, call: Call) -> Answer:
    """Take over certificates."""
    passphrase, part = _passphrase(call), call.need("type")
    if part not in (FULL, THIRD, SERVICES):
        raise Refused(422, "Unknown parameter value")
    device.certificates.restore(call.upload(), passphrase, part)
    return Done()


def _passphrase(call: Call) -> str:
    passphrase = call.need("password")
    if not _PASSPHRASE.fullmatch(passphrase):
        raise Refused(422, "Invalid password")
    return passphrase


# Whether permission `backup` covers `restore` is not known; here it does.
COMMANDS = {
    "backup": Command(backup, ("backup",)),
    "restore": Command(restore, ("backup",), uploads=True),
    "backupcert": Command(backupcert, ("certbackup",)),
    "restorecert": Command(restorecert, ("certbackup",), uploads=True),
}
