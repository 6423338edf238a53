"""Nodes that share a storage, and by which keys they know each other's backups there.

What a node signed with a key that it has no more, such as before it was set up anew, the others
still know, and tell it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from holdfast.desired.held import texts
from holdfast.plan.plan import Unknown
from holdfast.plan.resource import Address, Resource

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from holdfast.inventory.inventory import Inventory
    from holdfast.plan.actual import Actual


def signers(
    inventory: Inventory,
    node: str,
    told: Mapping[str, str | None],
    answers: Iterable[Actual],
) -> Iterator[Resource | Unknown]:
    """Yield whose signatures a node trusts.

    `told` are the keys of the nodes that could tell of theirs: None is one that is yet to be made.
    """
    shared = _shared(inventory, node)
    if not shared:
        return
    place = inventory.place(("nodes", node))
    known = _held(answers)
    sharing = {name for name in inventory.nodes if shared & _shared(inventory, name)}
    # One that has left the inventory left its backups.
    for name in sorted(sharing | {name for holder, name in known if holder == node}):
        address = Address("node", node, "signer", name)
        keys = {key for (_, of), held in known.items() if of == name for key in held}
        if name == node:
            keys -= {told.get(node) or ""}
        elif name in told:
            keys |= {told[name] or ""} - {""}
        elif not keys:
            yield Unknown(address, f"the key of node {name} is not known: it was not read")
            continue
        is_fresh = name != node and name in told and told[name] is None
        if keys or is_fresh:
            # The fresh one is added to those that are held.
            attributes = {"keys": [] if is_fresh else sorted(keys)}
            yield Resource(address, attributes, place, unknown=("keys",) if is_fresh else ())


def _shared(inventory: Inventory, node: str) -> set[str]:
    """Return the names of the storages that a node shares with others."""
    declared = inventory.nodes[node]
    if declared.retired:
        return set()
    return {name for name, storage in declared.storages.items() if storage.shared}


def _held(answers: Iterable[Actual]) -> dict[tuple[str, str], frozenset[str]]:
    """Return the keys that nodes hold, by who holds them and whose they are."""
    return {
        (resource.address.target, resource.address.name): texts(resource.attributes.get("keys"))
        for answer in answers
        for resource in answer.resources
        if resource.address.kind == "signer"
    }
