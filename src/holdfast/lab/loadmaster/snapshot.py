"""Backup and restore of a device's configuration."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

from holdfast.lab.loadmaster import archive, members, volatile
from holdfast.lab.loadmaster.answer import File, Refused
from holdfast.lab.loadmaster.archive import Member
from holdfast.lab.loadmaster.configuration import Part
from holdfast.lab.loadmaster.firmware import Firmware

if TYPE_CHECKING:
    from collections.abc import Mapping

    from holdfast.lab.loadmaster.configuration import Configuration
    from holdfast.lab.loadmaster.device import Device

_PADDING = "vs/templates.bin"


def backup(device: Device) -> File:
    """Return a configuration backup under the name that the device gives it."""
    now = device.clock()
    steady = {**members.files(device.configuration), members.VERSION: _version(device)}
    if device.switches.padding:
        steady[_PADDING] = hashlib.shake_256(b"padding").digest(device.switches.padding)
    found = [_stamped(device, path, steady[path], int(now)) for path in sorted(steady)]
    hostname = device.value("hostname")
    found += [Member(path, text, int(now)) for path, text in _volatile(device, now).items()]
    return File(f"LMBackups_{hostname}", archive.pack(found, int(now)))


def restore(device: Device, content: bytes, parts: Part) -> None:
    """Take over the parts of a backup; a bad one changes nothing at all."""
    files = archive.unpack(content)
    found = members.configuration(files)
    if device.switches.strict_restore:
        _refuse_foreign(device, files)
    if parts & Part.BASE and not device.switches.restore_keys:
        _keep_keys(device, found)
    device.configuration.take(found, parts)


def _version(device: Device) -> bytes:
    hamode = device.value("hamode")
    described = {"version": device.firmware.text, "serial": device.serial, "hamode": hamode}
    return json.dumps(described).encode() + b"\n"


def _volatile(device: Device, now: float) -> dict[str, bytes]:
    found = {"info/date": volatile.date(now), "info/uptime": volatile.uptime(now, device.booted)}
    if device.is_on("backupnetstat"):
        found["info/netstat"] = volatile.netstat(now)
    if device.is_on("backuptop"):
        found["info/top"] = volatile.top(now)
    return found


def _stamped(device: Device, path: str, content: bytes, now: int) -> Member:
    """Return a member with the time when its content was first seen."""
    last, modified = device.stamps.get(path, (b"", 0))
    if last != content:
        modified = now
        device.stamps[path] = (content, modified)
    return Member(path, content, modified)


def _refuse_foreign(device: Device, files: Mapping[str, bytes]) -> None:
    try:
        described = json.loads(files[members.VERSION])
        theirs = Firmware(described["version"]).numbers
        hamode = described["hamode"]
    except (KeyError, TypeError, ValueError) as error:
        raise Refused(422, "Invalid backup file") from error
    if theirs > device.firmware.numbers:
        raise Refused(422, "Backup is from a newer version")
    if (hamode == "0") != (device.value("hamode") == "0"):
        raise Refused(422, "Backup is from a different HA mode")


def _keep_keys(device: Device, found: Configuration) -> None:
    for name, user in found.users.items():
        here = device.configuration.users.get(name)
        user.keys = here.keys if here else []
