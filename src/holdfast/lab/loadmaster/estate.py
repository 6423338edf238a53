"""Simulated LoadMasters, one or hundreds in one process, each at a port of its own."""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from holdfast.lab.loadmaster import sample
from holdfast.lab.loadmaster.connection import Connection
from holdfast.lab.loadmaster.control import Control
from holdfast.lab.loadmaster.device import HOST, Device
from holdfast.lab.loadmaster.doors import Doors
from holdfast.lab.loadmaster.exchange import Exchange
from holdfast.lab.loadmaster.firmware import DEFAULT, Firmware
from holdfast.lab.loadmaster.pair import Pair
from holdfast.lab.loadmaster.tls import Identity
from holdfast.lab.loadmaster.user import PERMISSIONS, User
from holdfast.lab.nodes import LabError

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable
    from typing import Self

_SERIAL = 1_270_000
_HELLO = 65536  # bytes; more than any ClientHello


@dataclass(frozen=True)
class Order:
    """What to simulate. With `pairs`, that many HA pairs come before the `count` single devices."""

    count: int = 1
    pairs: int = 0
    firmware: Firmware = field(default_factory=lambda: Firmware.parse(DEFAULT))
    user: str = "bal"
    password: str | None = field(default=None, repr=False)  # None: a random one for each device
    port: int = 0  # of the first; the others follow; 0 takes free ones


@dataclass(frozen=True)
class Site:
    """A device and how to reach it."""

    device: Device
    port: int
    user: str
    password: str = field(repr=False)
    api_key: str = field(repr=False)

    @property
    def address(self) -> str:
        """The URL of its APIs, as an inventory has it."""
        return _url(self.port)


class Estate:
    """The devices of an order, made at once and reachable within the context."""

    def __init__(self, order: Order) -> None:
        self._order = order
        self._doors = Doors()
        self._ports = iter(range(order.port, 65536)) if order.port else None
        self.shared: dict[str, Pair] = {}
        self.sites: list[Site] = []
        for _ in range(order.pairs):
            pair = Pair(self._add().device, self._add().device)
            self.shared[_url(self._open(lambda pair=pair: pair.active))] = pair  # type: ignore[misc]  # a bound default
        for _ in range(order.count):
            self._add()
        self.control = Control({site.device.name: site.device for site in self.sites})
        self.control_url = self.control.url(self._doors.open(HOST, 0, self.control.talk))

    def __enter__(self) -> Self:
        self._doors.__enter__()
        return self

    def __exit__(self, *args: object) -> None:
        self._doors.__exit__(*args)

    def announcement(self) -> dict[str, object]:
        """Return what a program needs to reach them: the first device, and the list of all."""
        devices = [
            {
                "name": site.device.name,
                "address": site.address,
                "sha256": site.device.identity.sha256,
                "api_key": site.api_key,
                "user": site.user,
                "password": site.password,
            }
            for site in self.sites
        ]
        shared = [
            {"address": address, "units": [pair.first.name, pair.second.name]}
            for address, pair in self.shared.items()
        ]
        return {**devices[0], "control": self.control_url, "devices": devices, "shared": shared}

    def _add(self) -> Site:
        number = len(self.sites) + 1
        name = f"lm-{number}"
        password = self._order.password or secrets.token_urlsafe(12)
        user = User.make(self._order.user, password, sorted(PERMISSIONS))
        device = Device(
            name,
            str(_SERIAL + number),
            self._order.firmware,
            sample.configuration(name, [user]),
            Identity.make(name, HOST),
        )
        port = self._open(lambda: device)
        site = Site(device, port, user.name, password, user.add_key())
        self.sites.append(site)
        return site

    def _open(self, resolve: Callable[[], Device]) -> int:
        """Open a port to whatever device `resolve` names at the moment of a call."""
        wait = self._doors.stopping.wait

        def talk(guest: socket.socket, address: object) -> None:
            device = resolve()
            if device.switches.rate_limit and device.limit.full(device.clock()):
                guest.recv(_HELLO)  # unread bytes would turn the end of the stream into a reset
                return
            with device.identity.tls.wrap_socket(guest, server_side=True) as tls:
                Connection(tls, address, lambda: Exchange(resolve(), wait))

        port = next(self._ports) if self._ports else 0
        try:
            return self._doors.open(HOST, port, talk)
        except OSError as error:
            raise LabError(
                f"port {port} of {HOST}: {os.strerror(error.errno or 0)}; choose another"
            ) from error


def _url(port: int) -> str:
    return f"https://{HOST}:{port}"
