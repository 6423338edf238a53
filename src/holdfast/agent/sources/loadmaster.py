"""Source `loadmaster`: what an appliance gives for a backup, and what is doubtful about it.

Must not: judge the bytes, or store them.
"""

from __future__ import annotations

import contextlib
import json
import secrets
from datetime import timedelta
from typing import TYPE_CHECKING, Iterator, NamedTuple

from holdfast.agent import timestamp
from holdfast.agent.loadmaster.errors import Forbidden, Rejected, UnknownCommand
from holdfast.agent.loadmaster.firmware import Firmware
from holdfast.agent.loadmaster.patience import Patience
from holdfast.agent.loadmaster.session import session
from holdfast.agent.loadmaster.values import is_on

if TYPE_CHECKING:
    from datetime import datetime

    from holdfast.agent.layout import Layout
    from holdfast.agent.loadmaster.device import Device
    from holdfast.agent.loadmaster.served import Served

SOON = timedelta(days=30)
# LoadMaster 360's own minimum; a lower `minimum_firmware` allows less, and each run says so.
USUAL_FIRMWARE = Firmware.parse("7.2.62")
_CLEAR = ("wput", "ftp")  # how the device's own backup calls plain FTP
_SALT = 16
_REFUSED = (Forbidden, Rejected, UnknownCommand)


class Facts(NamedTuple):
    """What an appliance says that it is."""

    serial: str
    firmware: str
    hostname: str
    role: str
    mode: str


class LoadMaster:
    """An appliance that is ours for the time; its parameters are read, secrets masked by itself."""

    def __init__(self, layout: Layout, device: Device) -> None:
        self._layout = layout
        self._device = device
        self._parameters, self._unread = _parameters(device)
        self.firmware = device.find_firmware()
        self.facts = Facts(
            self._told("serialnumber"),
            self.firmware.text,
            self._told("hostname"),
            self._told("hastatus"),
            self._told("hamode"),
        )

    @property
    def name(self) -> str:
        """Its name in the inventory."""
        return self._device.name

    @property
    def certificate(self) -> str:
        """The fingerprint of the certificate that it served."""
        served = self._device.served
        return "" if served is None else served.sha256

    @property
    def has_certificates(self) -> bool:
        """Whether its certificates are to be backed up, too."""
        return self._device.target.certificates

    @property
    def has_parameters(self) -> bool:
        """Whether it let its parameters be read."""
        return not self._unread

    def parameters(self) -> bytes:
        """Return all parameters as JSON; so salted that no digest of it proves a guess."""
        document = {"salt": secrets.token_hex(_SALT), "parameters": self._parameters}
        return json.dumps(document, sort_keys=True, indent=1).encode()

    def hang_up(self) -> None:
        """Break off what is being downloaded in another thread."""
        self._device.hang_up()

    @contextlib.contextmanager
    def archive(self) -> Iterator[Iterator[bytes]]:
        """Give the blocks of its configuration as they come."""
        with self._device.download("backup") as blocks:
            yield blocks

    @contextlib.contextmanager
    def certificates(self) -> Iterator[Iterator[bytes]]:
        """Give the blocks of its certificates and keys, which it encrypts by a passphrase."""
        passphrase = self._device.target.secret(self._layout, "certificates.passphrase")
        with self._device.download("backupcert", password=passphrase) as blocks:
            yield blocks

    def doubts(self, earlier: str, now: datetime) -> Iterator[str]:
        """Yield what makes a run a warning; `earlier` is the certificate of the backup before."""
        if self._unread:
            yield self._unread
        if self.firmware.numbers < USUAL_FIRMWARE.numbers:
            yield "its firmware %s is under %s" % (self.firmware.text, USUAL_FIRMWARE.text)
        served = self._device.served
        if served is not None:
            yield from _of_certificate(served, earlier, now)
        method = self._parameters.get("backupmethod", "")
        if is_on(self._parameters.get("backupenable", "")) and method in _CLEAR:
            yield "its own automated backup goes by plain FTP: configuration and password in clear"

    def _told(self, parameter: str) -> str:
        """Return a parameter; empty where this firmware does not know it."""
        if parameter in self._parameters:
            return self._parameters[parameter]
        try:
            return self._device.get(parameter)
        except _REFUSED:
            return ""


@contextlib.contextmanager
def opened(
    layout: Layout,
    name: str,
    patience: Patience = Patience(),  # noqa: B008 - it never changes
) -> Iterator[LoadMaster]:
    """Give an appliance to this caller alone; raise DeviceError where it cannot be backed up."""
    with session(layout, name, patience) as device:
        device.require_minimum()
        yield LoadMaster(layout, device)


def _parameters(device: Device) -> tuple[dict[str, str], str]:
    """Return all parameters, or none and why: an account for backups alone may not read them."""
    try:
        return device.all(), ""
    except _REFUSED as error:
        return {}, "its parameters were not backed up: %s" % error


def _of_certificate(served: Served, earlier: str, now: datetime) -> Iterator[str]:
    if earlier and served.sha256 != earlier:
        yield "its certificate is another than at the last backup: %s, not %s" % (
            served.sha256,
            earlier,
        )
    end = served.not_after
    if end is not None and end <= now:
        yield "its certificate has expired on %s" % timestamp.to_text(end)
    elif end is not None and end - now < SOON:
        yield "its certificate expires on %s" % timestamp.to_text(end)
