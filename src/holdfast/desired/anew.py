"""Which LoadMasters an apply reaches otherwise than now: what was seen before may be no more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from holdfast.plan.resource import NODE, Address

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from holdfast.inventory.inventory import Inventory
    from holdfast.plan.resource import Attributes, Resource

_LOGINS = ("api_key", "password")
_PLACE, _WAY = ("host", "port", "tls"), ("host", "port", "tls", "login", "user")


def elsewhere(
    asked: Iterable[Resource],
    held: Mapping[Address, Attributes],
    fields: tuple[str, ...] = _PLACE,
) -> frozenset[str]:
    """Return the LoadMasters whose address or proof changes: another device may answer then."""
    return frozenset(
        item.address.name
        for item in asked
        if item.address.kind == "loadmaster"
        for before in [held.get(item.address, {})]
        if any(before.get(field) != item.attributes[field] for field in fields)
    )


def anew(
    inventory: Inventory, asked: Iterable[Resource], held: Mapping[Address, Attributes]
) -> frozenset[str]:
    """Return the LoadMasters that are reached or logged in to otherwise: silence may end."""
    wanted = {item.address: item.attributes for item in asked}
    return elsewhere(asked, held, _WAY) | {
        name
        for name, device in inventory.loadmasters.items()
        for login in _LOGINS
        for secret in [Address(NODE, device.connector, "secret", f"{name}.{login}")]
        if secret in wanted and held.get(secret) != wanted[secret]
    }
