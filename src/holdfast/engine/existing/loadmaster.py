"""`import loadmaster`: a device as an inventory would say it, its own schedule as it is. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pydantic import ValidationError

from holdfast.desired.automated_backup import SECRETS
from holdfast.engine.existing.fragment import Fragment
from holdfast.engine.members import Line, mapping, text
from holdfast.model.loadmaster import AutomatedBackup

if TYPE_CHECKING:
    from collections.abc import Mapping

    from holdfast.model.secret import SecretRef


@dataclass(frozen=True)
class Certificate:
    """The certificate that an address serves, whoever is there."""

    sha256: str
    words: str  # from when to when it is good


@dataclass(frozen=True)
class Appliance:
    """What a device told of itself."""

    hostname: str
    serial: str
    firmware: str
    ha: str
    automated_backup: Mapping[str, object]


@dataclass(frozen=True)
class Entry:
    """What the person who asked has said: the name, and the way there."""

    name: str
    address: str
    connector: str
    api_key: SecretRef
    sha256: str


def certificate(line: Line) -> Certificate:
    """Return the certificate that a connector saw; LookupError or TypeError where it is none."""
    return Certificate(text(line, "sha256"), text(line, "words"))


def appliance(line: Line) -> Appliance:
    """Return what a connector was told; LookupError or TypeError where it is nothing of ours."""
    return Appliance(
        text(line, "hostname"),
        text(line, "serial"),
        text(line, "firmware"),
        text(line, "ha"),
        mapping(line, "automated_backup"),
    )


def coloned(sha256: str) -> str:
    """Return a fingerprint as consoles and browsers show it."""
    return ":".join(sha256[i : i + 2] for i in range(0, len(sha256), 2)).upper()


def loadmaster(entry: Entry, found: Appliance) -> Fragment:
    """Return the entry of a device; its password and key for backups it shows to nobody."""
    device: dict[str, object] = {
        "address": entry.address,
        "connector": entry.connector,
        "api_key": str(entry.api_key),
        "tls": {"sha256": coloned(entry.sha256)},
    }
    schedule, why = _schedule(found.automated_backup)
    if schedule is not None:
        device["automated_backup"] = schedule
    ha = found.ha or "HA not known"
    notes = [
        f"{found.hostname}: serial {found.serial}, firmware {found.firmware}, {ha}.",
        "Its certificate is pinned as it was served when this was written.",
        why
        or "Its backup password and key cannot be read: they stay as they are on the device "
        "until `password` or `identity` names one here.",
    ]
    return Fragment({"loadmasters": {entry.name: device}}, tuple(notes))


def _schedule(there: Mapping[str, object]) -> tuple[dict[str, object] | None, str]:
    """Return a schedule as YAML says it, or why it cannot."""
    written = {field: value for field, value in there.items() if value is not None}
    raw = {field: _text(value) for field, value in written.items()}
    try:
        AutomatedBackup.model_validate(raw)
    except ValidationError as error:
        fields = ", ".join(str(fault["loc"][0]) for fault in error.errors())
        return None, f"Its automated backup is left out: {fields} cannot be said here."
    if there.get("enable") is True and not {"host", "user"} <= written.keys():
        return None, "Its automated backup is left out: it is on without a host or user."
    defaults = AutomatedBackup.model_fields
    return {
        field: value
        for field, value in written.items()
        if field == "enable" or (field not in SECRETS and value != defaults[field].default)
    }, ""


def _text(value: object) -> str:
    """Return a value as a person writes it."""
    return str(value).lower() if isinstance(value, bool) else str(value)
