"""The LoadMasters of a connector: what it must know to reach them. Must not: hold a secret."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from holdfast.plan.plan import Unknown
from holdfast.plan.resource import Address, Resource

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from holdfast.inventory.inventory import Inventory
    from holdfast.model.loadmaster import LoadMaster
    from holdfast.plan.resource import Attributes

_PORT = 443


def loadmasters(
    inventory: Inventory,
    node: str,
    authorities: Mapping[str, str],
    held: Mapping[Address, Attributes],
) -> Iterator[Resource | Unknown]:
    """Yield the devices behind a node; `authorities` are the CA certificates at hand, as PEM."""
    for name, device in inventory.loadmasters.items():
        if device.connector != node:
            continue
        address = Address("node", node, "loadmaster", name)
        if device.tls.ca is not None and device.tls.ca not in authorities:
            yield Unknown(address, f"{device.tls.ca} is not here, or holds no certificate")
            continue
        before = [address._replace(name=former) for former in device.was]
        former = next((a for a in before if a in held), None)
        yield Resource(
            address,
            _attributes(device, authorities),
            inventory.place(("loadmasters", name)),
            previous=None if address in held else former,
        )


def _attributes(device: LoadMaster, authorities: Mapping[str, str]) -> Attributes:
    parts = urlsplit(device.address)
    ca = device.tls.ca
    return {
        "host": parts.hostname,
        "port": parts.port or _PORT,
        "tls": {"sha256": device.tls.sha256} if ca is None else {"ca": authorities[ca]},
        "login": "api_key" if device.api_key else "password",
        "user": device.user,
        "minimum_firmware": device.minimum_firmware,
        "certificates": device.certificates is not None,
    }
