"""Definitions → promises. Must not: judge what a promise asks."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, NamedTuple

from holdfast.inventory.catalog import Catalog, Target
from holdfast.inventory.finding import Finding
from holdfast.inventory.promise import Promise

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from holdfast.inventory.inventory import Inventory
    from holdfast.model.definition import Definition


class Resolved(NamedTuple):
    """A promise and the index of the definition that it comes from."""

    entry: int
    promise: Promise


def promises(inventory: Inventory) -> tuple[Promise, ...]:
    """Return every definition resolved to one source each, sorted by id."""
    return inventory.promises


def resolve(inventory: Inventory) -> tuple[list[Resolved], list[Finding]]:
    """Return the promises of all definitions, sorted by id, and which sources are not there."""
    catalog = Catalog(inventory)
    resolved, findings = list[Resolved](), list[Finding]()
    for index, definition in enumerate(inventory.definitions):
        targets = catalog.targets(definition, ("definitions", index), findings)
        resolved.extend(_promises(inventory, index, definition, targets))
    resolved.sort(key=lambda each: each.promise.id)
    return resolved, findings


def _promises(
    inventory: Inventory, index: int, definition: Definition, targets: Iterable[Target]
) -> Iterator[Resolved]:
    place = inventory.place(("definitions", index))
    for target in targets:
        of_disk = target.disk is not None
        source = inventory.servers[target.name] if of_disk else None
        appliance = None if of_disk else inventory.loadmasters[target.name]
        node = definition.node if appliance is None else appliance.connector
        if node is None:
            continue  # a rule says that `node` is required
        earlier = (source or appliance).was  # type: ignore[union-attr]  # one of them is there
        promise = Promise(
            id=f"{definition.name}@{target}",
            definition=definition,
            node=node,
            storage=definition.storage,
            server=target.name if of_disk else None,
            disk=target.disk,
            loadmaster=None if of_disk else target.name,
            timezone=definition.timezone,
            place=place,
            was=_former(definition, target, earlier) if definition.was or earlier else (),
        )
        yield Resolved(index, promise)


def _former(definition: Definition, target: Target, earlier: tuple[str, ...]) -> tuple[str, ...]:
    """Return every id that the promise may have had, but its own."""
    names = product((definition.name, *definition.was), (target.name, *earlier))
    ids = [f"{name}@{Target(source, target.disk)}" for name, source in names]
    return tuple(dict.fromkeys(ids[1:]))
