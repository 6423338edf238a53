"""Renames: that no former name is still, or again, somebody else's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from holdfast.inventory.finding import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from holdfast.inventory.inventory import Inventory
    from holdfast.inventory.path import Path
    from holdfast.inventory.select import Resolved


def renames(inventory: Inventory, resolved: Sequence[Resolved]) -> Iterator[Finding]:
    """Find former names that are living ones, and former names that two claim."""
    if inventory.inventory.id in inventory.inventory.was:
        yield Finding(("inventory", "was"), "names its own id", "take it out")
    yield from _sources(inventory)
    living = {promise.id for _, promise in resolved}
    claimed: dict[str, str] = {}
    for index, promise in resolved:
        path: Path = ("definitions", index)
        if promise.definition.was:
            path = (*path, "was")
        for former in promise.was:
            if former in living:
                yield Finding(path, f"`{former}` is a definition of its own", "take the name out")
            elif claimed.setdefault(former, promise.id) != promise.id:
                yield Finding(
                    path, f"`{former}` became `{claimed[former]}` already", "only one can"
                )


def _sources(inventory: Inventory) -> Iterator[Finding]:
    living = inventory.declared["servers"] | inventory.declared["loadmasters"]
    earlier: list[tuple[Path, str, tuple[str, ...]]] = [
        (("servers", name, "was"), name, server.was) for name, server in inventory.servers.items()
    ]
    earlier += [
        (("loadmasters", name, "was"), name, appliance.was)
        for name, appliance in inventory.loadmasters.items()
    ]
    claimed: dict[str, str] = {}
    for path, name, was in sorted(earlier, key=lambda each: inventory.place(each[0])):
        for former in was:
            if former in living:
                yield Finding(path, f"`{former}` is a name in use", "take it out")
            elif claimed.setdefault(former, name) != name:
                yield Finding(
                    path, f"`{former}` became `{claimed[former]}` already", "only one can"
                )
