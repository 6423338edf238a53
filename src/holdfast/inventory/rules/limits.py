"""Limits: what a datacenter allows, and what a LoadMaster keeps."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING

from holdfast.inventory.finding import Finding
from holdfast.inventory.limit import limit
from holdfast.model.datacenter import Limits
from holdfast.problem import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from holdfast.inventory.inventory import Inventory
    from holdfast.inventory.select import Resolved

# LoadMaster 360's limit; a base that is kept only for its incrementals does not count.
MOST_RESTORE_POINTS = 10
_UNLIMITED = Limits()


def limits(inventory: Inventory, resolved: Sequence[Resolved]) -> Iterator[Finding]:
    """Find definitions that ask for more than their datacenter or LoadMaster allows."""
    asked = {
        (entry, inventory.servers[promise.server].datacenter)
        for entry, promise in resolved
        if promise.server is not None
    }
    for entry, datacenter in asked:
        most = _limits(inventory, datacenter).retention
        kept = inventory.definitions[entry].retention.most
        if most is not None and kept > most:
            hint = f"at most {most}: `datacenters.{datacenter}.limits.retention`"
            path = ("definitions", entry, "retention")
            yield Finding(path, f"keeps up to {kept} backups", hint)
    yield from _of_servers(inventory, resolved)
    yield from _over_nodes(inventory, resolved)
    yield from _of_loadmasters(resolved)


def _of_servers(inventory: Inventory, resolved: Sequence[Resolved]) -> Iterator[Finding]:
    definitions = Counter(each.promise.server for each in resolved if each.promise.server)
    for name, count in definitions.items():
        datacenter = inventory.servers[name].datacenter
        most = _limits(inventory, datacenter).definitions_per_server
        if most is not None and count > most:
            hint = f"at most {most}: `datacenters.{datacenter}.limits.definitions_per_server`"
            yield Finding(("servers", name), f"has {count} definitions", hint)


def _over_nodes(inventory: Inventory, resolved: Sequence[Resolved]) -> Iterator[Finding]:
    """Find limits of bytes that several nodes count, each for itself."""
    nodes: dict[str, set[str]] = defaultdict(set)
    for _, promise in resolved:
        if (held_to := limit(inventory, promise)) is not None:
            nodes[held_to.datacenter].add(promise.node)
    for name, found in sorted(nodes.items()):
        if len(found) > 1:
            path = ("datacenters", name, "limits", "total_size")
            what = f"{len(found)} nodes keep its backups, and each holds what lies there to it"
            hint = "the sum over all is told of by `plan` and `drift`, and stops no run"
            yield Finding(path, what, hint, Severity.WARNING)


def _of_loadmasters(resolved: Sequence[Resolved]) -> Iterator[Finding]:
    points = Counter[str]()
    for _, promise in resolved:
        if promise.loadmaster is not None:
            points[promise.loadmaster] += promise.definition.retention.most
    for name, count in points.items():
        if count > MOST_RESTORE_POINTS:
            what = f"its definitions keep up to {count} restore points"
            hint = f"a LoadMaster keeps at most {MOST_RESTORE_POINTS}"
            yield Finding(("loadmasters", name), what, hint)


def _limits(inventory: Inventory, datacenter: str | None) -> Limits:
    found = inventory.datacenters.get(datacenter or "")
    return found.limits if found is not None else _UNLIMITED
