"""The secrets that a node needs for its LoadMasters. Must not: hold a value."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from holdfast.desired.held import whole
from holdfast.plan.plan import Unknown
from holdfast.plan.resource import Address, Resource

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from holdfast.inventory.inventory import Inventory
    from holdfast.model.loadmaster import LoadMaster
    from holdfast.model.secret import SecretRef
    from holdfast.plan.resource import Attributes
    from holdfast.problem import Place


@dataclass(frozen=True)
class Wanted:
    """A secret that must lie on a node, by reference."""

    address: Address
    reference: SecretRef
    source: Place
    former: tuple[Address, ...] = ()  # what it was called before a rename of its device


def wanted(inventory: Inventory, node: str) -> Iterator[Wanted]:
    """Yield what the LoadMasters behind a node need there."""
    for name, device in inventory.loadmasters.items():
        if device.connector != node:
            continue
        for path, reference in _references(device):
            address, *former = (
                Address("node", node, "secret", ".".join((called, *path)))
                for called in (name, *device.was)
            )
            place = inventory.place(("loadmasters", name, *path))
            yield Wanted(address, reference, place, tuple(former))


def _references(device: LoadMaster) -> Iterator[tuple[tuple[str, ...], SecretRef]]:
    """Yield every secret reference of a LoadMaster with its path in the inventory."""
    if device.api_key:
        yield ("api_key",), device.api_key
    if device.password:
        yield ("password",), device.password
    if device.certificates:
        yield ("certificates", "passphrase"), device.certificates.passphrase
    if automated := device.automated_backup:
        if automated.password:
            yield ("automated_backup", "password"), automated.password
        if automated.identity:
            yield ("automated_backup", "identity"), automated.identity


def secrets(
    wishes: Iterable[Wanted],
    known: Collection[Address],
    held: Mapping[Address, Attributes],
    matches: Mapping[Address, bool],
) -> Iterator[Resource | Unknown]:
    """Yield a new version of each secret whose value is not what lies on the node.

    `known` are those whose value is at hand, `matches` what the node said of those it has.
    """
    for wish in wishes:
        if wish.address not in known:
            yield Unknown(wish.address, f"{wish.reference} is not set here")
            # Nothing may go for want of a value: under its old name it is still of use.
            for former in wish.former if wish.address not in held else ():
                if former in held:
                    yield Unknown(former, f"it stays until {wish.address.name} is there")
            continue
        after = version(wish.address, known, held, matches)
        yield Resource(wish.address, {"present": True, "version": after}, wish.source)


def left(
    inventory: Inventory,
    node: str,
    known: Collection[Address],
    held: Collection[Address],
) -> Iterator[Unknown]:
    """Yield what a node holds for LoadMasters that moved away, until it is where those are now.

    `known` are those that can be put there now, `held` are those of all nodes.
    """
    for other in {device.connector for device in inventory.loadmasters.values()} - {node}:
        for wish in wanted(inventory, other):
            if wish.address in known or wish.address in held:
                continue
            for former in (wish.address, *wish.former):
                here = former._replace(target=node)
                if here in held:
                    yield Unknown(here, f"it stays until {wish.address} is there")


def version(
    address: Address,
    known: Collection[Address],
    held: Mapping[Address, Attributes],
    matches: Mapping[Address, bool],
) -> int | None:
    """Return the version that a secret has after an apply; None where it is neither here nor there.

    Whose value is not at hand stays as it is on the node.
    """
    before = whole(held.get(address, {}).get("version"))
    if address not in known:
        return before or None
    return before if matches.get(address) else before + 1
