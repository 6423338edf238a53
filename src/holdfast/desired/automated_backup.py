"""The backup schedule that a LoadMaster keeps by itself; absent in the inventory is not managed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from holdfast.agent.loadmaster import rewrite
from holdfast.desired.anew import anew, elsewhere
from holdfast.desired.secret import version
from holdfast.plan.plan import Unknown
from holdfast.plan.resource import AUTOMATED, LOADMASTER, NODE, Address, Resource

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from holdfast.inventory.inventory import Inventory
    from holdfast.model.loadmaster import AutomatedBackup
    from holdfast.plan.actual import Actual
    from holdfast.plan.resource import Attributes

# Written and never read: what is compared is the version that the device was given.
SECRETS = tuple(rewrite.SECRETS)


def address(name: str) -> Address:
    """Return where a LoadMaster's own schedule is found."""
    return Address(LOADMASTER, name, AUTOMATED)


def connected(inventory: Inventory) -> dict[str, list[str]]:
    """Return the LoadMasters behind each node, both by name."""
    behind: dict[str, list[str]] = {node: [] for node in inventory.nodes}
    for name, device in sorted(inventory.loadmasters.items()):
        behind[device.connector].append(name)
    return behind


def managed(inventory: Inventory, node: str) -> Iterator[tuple[str, AutomatedBackup]]:
    """Yield the LoadMasters behind a node whose schedule the inventory writes down."""
    for name, device in inventory.loadmasters.items():
        if device.connector == node and device.automated_backup is not None:
            yield name, device.automated_backup


def automated_backups(
    inventory: Inventory,
    answer: Actual,
    known: Collection[Address],
    asked: Collection[Resource],
) -> Iterator[Resource | Unknown]:
    """Yield the schedule of each; what is needed and not at hand makes it unknown.

    `asked` is what else is wanted on the node: where that changes how a device is reached, what was
    seen over the old way tells nothing, and one apply must do all the same.
    """
    held = {resource.address: resource.attributes for resource in answer.resources}
    silent = {item.target: item.reason for item in answer.silent}
    moved, fresh = elsewhere(asked, held), anew(inventory, asked, held)
    for name, declared in managed(inventory, answer.target):
        here = address(name)
        reason = silent.get(here.far_end)
        if reason is not None and name not in fresh:
            yield Unknown(here, reason)
            continue
        versions: dict[str, int | None] = {rewrite.VERSION % field: None for field in SECRETS}
        for field in SECRETS:
            reference = getattr(declared, field)
            if reference is not None:
                secret = Address(NODE, answer.target, "secret", f"{name}.automated_backup.{field}")
                found = version(secret, known, held, answer.matches)
                versions[rewrite.VERSION % field] = found
                if found is None:
                    yield Unknown(here, f"{reference} is not set here")
                    break
        else:
            yield Resource(
                here,
                {**_readable(declared), **versions},
                inventory.place(("loadmasters", name, "automated_backup")),
                connector=answer.target,
                unseen=name in moved or here not in held,
            )


def _readable(declared: AutomatedBackup) -> Attributes:
    return {
        field: getattr(declared, field)
        for field in type(declared).model_fields
        if field not in SECRETS
    }
