"""What every node holds now of ours, read at once."""

from __future__ import annotations

import hmac
import secrets
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from holdfast.desired import definition
from holdfast.desired.automated_backup import address, connected
from holdfast.desired.peer import other
from holdfast.desired.secret import wanted
from holdfast.engine import decode
from holdfast.engine.expected import expected
from holdfast.engine.gather import gather, request
from holdfast.inventory.limit import limit

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from holdfast.engine.reach import Purpose, Reach
    from holdfast.inventory.inventory import Inventory
    from holdfast.inventory.promise import Promise
    from holdfast.plan.actual import Actual, Unread
    from holdfast.plan.resource import Address
    from holdfast.plan.scope import Scope


@dataclass(frozen=True)
class Observation:
    """The nodes that answered, sorted by name, and those that did not."""

    actual: tuple[Actual, ...]
    unread: tuple[Unread, ...] = ()


def observe(
    reach: Reach, requests: Mapping[str, bytes], purpose: Purpose, parallelism: int
) -> Observation:
    """Send each node its request, at most `parallelism` at a time, and return what came back."""
    return Observation(*gather(reach, requests, decode.actual, parallelism, purpose))


def requests(
    inventory: Inventory,
    promises: Collection[Promise],
    values: Mapping[Address, str],
    scope: Scope,
) -> dict[str, bytes]:
    """Return the read request of each node that is looked at.

    It carries what each definition would keep and where, so that the node tells which backups that
    concerns; the storages that would be there, so that it tells what lies in the others; the
    datacenters that have a limit, so that it tells what their backups take up; the definitions
    whose chains or datasets it has, so that it tells what they go on from; and a keyed digest of
    each secret at hand under a salt of this moment, so that the node can say whether it has that
    very value. Neither side learns or keeps a digest that is good for more.
    LoadMasters to look at are named, no more: nobody who may only read directs a key elsewhere.
    """
    wished: dict[str, dict[str, object]] = defaultdict(dict)
    limited: dict[str, set[str]] = defaultdict(set)
    for promise in promises:
        if (held_to := limit(inventory, promise)) is not None:
            limited[promise.node].add(held_to.datacenter)
        wished[promise.node][promise.id] = _keeping(inventory, promise)
    chains = _chains(inventory, promises, scope)
    result = {}
    for node, behind in connected(inventory).items():
        if not scope.reaches(node, behind):
            continue
        op = {
            "op": "read",
            "wanted": wished[node],
            "storages": expected(inventory, node),
            "secrets": _probes(inventory, node, values),
            "limits": sorted(limited[node]),
            "chains": sorted(chains[node]),
            "loadmasters": [name for name in behind if scope.covers(address(name))],
        }
        result[node] = request(inventory, op)
    return result


def _chains(
    inventory: Inventory, promises: Iterable[Promise], scope: Scope
) -> defaultdict[str, set[str]]:
    """Return the definitions of type dataset by the nodes that have the chain or the source."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for promise in promises:
        declared = promise.definition
        asked = declared.kind == "dataset" and declared.active
        if asked and scope.covers(definition.address(promise)):
            for node in {promise.node, other(inventory, promise) or promise.node}:
                found[node].add(promise.id)
    return found


def _probes(
    inventory: Inventory, node: str, values: Mapping[Address, str]
) -> dict[str, dict[str, str]]:
    return {
        wish.address.name: _probe(values[wish.address])
        for wish in wanted(inventory, node)
        if wish.address in values
    }


def _keeping(inventory: Inventory, promise: Promise) -> dict[str, object]:
    """Return what decides which backups stay; the zone says when a day begins, no more."""
    counts = promise.definition.retention.counts
    place = inventory.nodes[promise.node].storages[promise.storage].place
    zone = {"timezone": promise.timezone} if counts.keys() - {"last"} else {}
    return {"retention": counts, "place": place, **zone}


def _probe(value: str) -> dict[str, str]:
    salt = secrets.token_hex(16)
    return {"salt": salt, "hmac": hmac.new(salt.encode(), value.encode(), "sha256").hexdigest()}
