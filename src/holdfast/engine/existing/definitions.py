"""Definitions that lie on a node, back to the YAML that they came from. Pure.

Only what the inventory's defaults and the models do not say by themselves is written.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from holdfast.agent import canonical
from holdfast.model.definition import USES, Definition

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from holdfast.inventory.inventory import Inventory
    from holdfast.plan.resource import Attributes

    Yaml = dict[str, object]

_UNITS = (("d", 86_400), ("h", 3_600), ("m", 60), ("s", 1))
_DURATIONS = ("catch_up", "timeout", "queue_timeout")
_PLAIN = ("timezone", "freeze", "consistency", "compression", "description", "active", "base_every")


def definitions(
    inventory: Inventory, node: str, held: Mapping[str, Attributes]
) -> Iterator[tuple[Yaml, frozenset[str]]]:
    """Yield the definitions, those that differ in their source alone as one, with their IDs."""
    groups: dict[str, dict[str, str]] = defaultdict(dict)
    written: dict[str, Yaml] = {}
    for identity, attributes in sorted(held.items()):
        kind = "loadmaster" if attributes.get("loadmaster") else str(attributes.get("type"))
        body = _body(inventory, node, kind, attributes)
        key = canonical.dumps(body)
        written[key] = body
        groups[key][identity] = identity.partition("@")[2]
    for key, sources in groups.items():
        yield {**written[key], "sources": sorted(sources.values())}, frozenset(sources)


def _body(inventory: Inventory, node: str, kind: str, attributes: Attributes) -> Yaml:
    body: Yaml = {"name": attributes["definition"], "sources": []}
    if kind != "loadmaster":
        body |= {"type": kind, "node": node}
    body["storage"] = attributes["storage"]
    body["schedule"] = attributes["schedule"]
    body["retention"] = _retention(attributes["retention"])
    used = USES.get(kind, ())  # type: ignore[call-overload]  # any text may ask
    if "encrypt_to" in used:
        body["encrypt_to"] = attributes["encrypt_to"] or "none"
    for field, value, text in _optional(attributes):
        if field in used and value != _silent(inventory, field):
            body[field] = text
    return body


def _optional(attributes: Attributes) -> Iterator[tuple[str, object, object]]:
    """Yield the fields that need not be written: the value and how it is written."""
    for field in _PLAIN:
        yield field, attributes.get(field), attributes.get(field)
    for field in _DURATIONS:
        yield field, attributes.get(field), duration(attributes.get(field))
    limit = attributes.get("bandwidth_limit")
    yield "bandwidth_limit", limit, "off" if limit is None else limit


def _silent(inventory: Inventory, field: str) -> object:
    """Return what a definition that does not say a field has by the defaults, or by itself."""
    if field in inventory.defaults.model_fields_set:
        return getattr(inventory.defaults, field)
    return Definition.model_fields[field].default


def _retention(counts: object) -> object:
    if isinstance(counts, dict) and counts.keys() == {"last"}:
        return counts["last"]
    return counts


def duration(seconds: object) -> object:
    """Return seconds as a person writes them: 1h30m."""
    if not isinstance(seconds, int) or seconds == 0:
        return 0
    words = ""
    for unit, size in _UNITS:
        count, seconds = divmod(seconds, size)
        words += f"{count}{unit}" if count else ""
    return words


def servers(held: Iterable[Attributes]) -> dict[str, Yaml]:
    """Return the servers that definitions are of, with the disks that they back up."""
    found: dict[str, Yaml] = {}
    for attributes in held:
        source, name = attributes.get("source"), attributes.get("server")
        if not isinstance(source, dict) or not isinstance(name, str):
            continue
        server = found.setdefault(
            name, {"uuid": attributes["uuid"], "node": source["node"], "disks": {}}
        )
        if agent := attributes.get("guest_agent"):
            server["guest_agent"] = agent
        disks = server["disks"]
        if isinstance(disks, dict):
            disks[attributes["disk"]] = {source["kind"]: source["place"]}
    return found
