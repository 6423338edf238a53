"""Nodes that read each other's disks: what each may do there, and how it gets there."""

from __future__ import annotations

import os
from collections import defaultdict
from ipaddress import ip_address
from typing import TYPE_CHECKING

from holdfast.agent.identity import is_public
from holdfast.agent.peers import grant
from holdfast.desired.definition import reading
from holdfast.plan.plan import Unknown
from holdfast.plan.resource import Address, Resource

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from holdfast.inventory.inventory import Inventory
    from holdfast.inventory.promise import Promise
    from holdfast.plan.actual import Actual
    from holdfast.plan.resource import Attributes


def other(inventory: Inventory, promise: Promise) -> str | None:
    """Return the node that a promise's disk lies on, where that is not its own."""
    if promise.loadmaster is not None:
        return None
    node = inventory.servers[promise.server or ""].node
    return None if node == promise.node else node


def keys(actual: Iterable[Actual]) -> dict[str, str | None]:
    """Return the keys of the nodes that can tell of theirs: None is one that is yet to be made."""
    found: dict[str, str | None] = {}
    for answer in actual:
        if not answer.facts.mute:
            own = Address("node", answer.target, "identity")
            held = next((r.attributes for r in answer.resources if r.address == own), {})
            key = held.get("key")
            found[answer.target] = str(key) if is_public(key) else None
    return found


def peers(
    inventory: Inventory,
    node: str,
    promises: Iterable[Promise],
    told: Mapping[str, str | None],
) -> Iterator[Resource | Unknown]:
    """Yield what other nodes may do on a node, of whose disks these promises are.

    `told` are the keys of the nodes that could tell of theirs.
    """
    for name, asked in _grouped(promises, lambda promise: promise.node):
        address = Address("node", node, "peer", name)
        if name not in told:
            yield Unknown(address, f"the key of node {name} is not known: it was not read")
            continue
        attributes = {
            "key": told[name],
            "from": addresses(inventory, name),
            "definitions": {
                promise.id: grant.of_attributes(reading(inventory, promise)) for promise in asked
            },
        }
        unknown = ("key",) if told[name] is None else ()
        yield Resource(address, attributes, asked[0].place, unknown=unknown)


def known(inventory: Inventory, node: str, promises: Iterable[Promise]) -> Iterator[Resource]:
    """Yield the nodes that a node asks for the disks of its promises."""
    remote = [promise for promise in promises if other(inventory, promise) is not None]
    for name, asked in _grouped(remote, lambda promise: other(inventory, promise) or ""):
        yield Resource(
            Address("node", node, "known", name),
            {"me": node, **way(inventory, node, name)},
            asked[0].place,
        )


def _grouped(
    promises: Iterable[Promise], by: Callable[[Promise], str]
) -> Iterator[tuple[str, list[Promise]]]:
    groups: dict[str, list[Promise]] = defaultdict(list)
    for promise in sorted(promises, key=lambda promise: promise.id):
        groups[by(promise)].append(promise)
    yield from sorted(groups.items())


def way(inventory: Inventory, node: str, name: str) -> Attributes:
    """Return how one node reaches another."""
    target = inventory.nodes[name]
    if target.ssh is None:
        # Both are directories of one machine, and may be moved together.
        return {"root": os.path.relpath(target.root or "", inventory.nodes[node].root or "")}
    return {
        "address": target.address,
        "port": target.ssh.port,
        "user": target.ssh.user,
        "host_key": target.ssh.host_key,
    }


def addresses(inventory: Inventory, name: str) -> list[str]:
    """Return where a node comes from, if the inventory says so by number: sshd asks no names."""
    try:
        return [str(ip_address(inventory.nodes[name].address or ""))]
    except ValueError:
        return []
