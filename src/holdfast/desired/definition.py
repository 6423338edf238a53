"""A promise as the node keeps it: every field in canonical form, and what fires it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from holdfast.agent.cron.cronfile import ordered
from holdfast.agent.timing import cronlines, schedule
from holdfast.desired.held import texts
from holdfast.inventory.limit import limit
from holdfast.plan.resource import Address, Resource

if TYPE_CHECKING:
    from collections.abc import Mapping

    from holdfast.inventory.inventory import Inventory
    from holdfast.inventory.promise import Promise
    from holdfast.model.definition import Definition
    from holdfast.model.server import Server
    from holdfast.plan.resource import Attributes


def address(promise: Promise) -> Address:
    """Return where a promise is kept."""
    return Address("node", promise.node, "definition", promise.id)


def definition(
    inventory: Inventory, promise: Promise, zone: str, held: Mapping[Address, Attributes]
) -> Resource:
    """Return the resource of one promise on a node whose cron runs in `zone`.

    `held` is what the nodes hold now: the IDs by which a node already knows the promise only ever
    grow, for the backups made under an old name carry that name for good.
    """
    origin = _origin(promise, held)
    earlier = {*promise.was, *texts(held.get(origin, {}).get("was"))}
    attributes = {
        "was": sorted(earlier - {promise.id}),
        **_source(inventory, promise),
        "base_every": _base_every(inventory, promise),
        **_timing(promise, zone),
        **_making(promise.definition),
        "storage": promise.storage,
        "place": inventory.nodes[promise.node].storages[promise.storage].place,
    }
    if (held_to := limit(inventory, promise)) is not None:
        attributes["limit"] = held_to._asdict()
    previous = None if origin == address(promise) else origin
    return Resource(address(promise), attributes, promise.place, previous=previous)


def reading(inventory: Inventory, promise: Promise) -> Attributes:
    """Return the attributes of a promise that say what is read, and how."""
    return {**_source(inventory, promise), **_making(promise.definition)}


def _timing(promise: Promise, zone: str) -> Attributes:
    declared = promise.definition
    # Only `H` depends on the id; the rest is shared by all who write the same schedule.
    fixed = schedule.parse(declared.schedule, promise.id if "H" in declared.schedule else "")
    lines = cronlines.cron_lines(fixed, promise.timezone, zone) if declared.active else ()
    return {
        "schedule": fixed.text,
        "timezone": promise.timezone,
        "cron": ordered([*(["@reboot"] if lines and declared.catch_up else []), *lines]),
        "active": declared.active,
        "catch_up": declared.catch_up,
        "timeout": declared.timeout,
        "queue_timeout": declared.queue_timeout,
    }


def _making(declared: Definition) -> Attributes:
    return {
        "definition": declared.name,
        "type": declared.kind,
        "retention": declared.retention.counts,
        "bandwidth_limit": declared.bandwidth_limit,
        "freeze": declared.freeze,
        "consistency": declared.consistency,
        "compression": declared.compression,
        "encrypt_to": list(declared.encrypt_to or ()),
        "description": declared.description,
    }


def _base_every(inventory: Inventory, promise: Promise) -> int:
    """Return how often a backup stands alone: of an image each does, whatever was asked for."""
    if promise.loadmaster is None:
        disk = inventory.servers[promise.server or ""].disks[promise.disk or 0]
        if disk.image is not None:
            return 1
    return promise.definition.base_every


def _origin(promise: Promise, held: Mapping[Address, Attributes]) -> Address:
    """Return the address that the node knows the promise by: its own, or one from before."""
    own = address(promise)
    if own not in held:
        for name in promise.was:
            before = own._replace(name=name)
            if before in held:
                return before
    return own


def _guest_agent(server: Server, declared: Definition) -> Attributes | None:
    """Return how the guest is reached; None where nothing is to be frozen."""
    found = server.guest_agent
    if found is None or declared.freeze == "off":
        return None
    return {"socket": found.socket} if found.socket else {"libvirt": found.libvirt}


def _source(inventory: Inventory, promise: Promise) -> Attributes:
    if promise.loadmaster is not None:
        source = {"kind": "loadmaster", "place": promise.loadmaster, "node": promise.node}
        named = {"loadmaster": promise.loadmaster, "guest_agent": None}
        return {**named, "source": source, "peer": None}
    server = inventory.servers[promise.server or ""]
    disk = server.disks[promise.disk or 0]
    kind = "image" if disk.image else "dataset"
    scope = {"recursive": True} if disk.recursive else {}
    return {
        "server": promise.server,
        "disk": promise.disk,
        "uuid": server.uuid,
        "guest_agent": _guest_agent(server, promise.definition),
        "source": {"kind": kind, "place": disk.image or disk.dataset, "node": server.node, **scope},
        "peer": None if server.node == promise.node else server.node,
    }
