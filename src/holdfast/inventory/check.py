"""All rules over one inventory. Must not: hold a rule itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from holdfast.inventory.rules.definitions import definitions
from holdfast.inventory.rules.limits import limits
from holdfast.inventory.rules.loadmasters import loadmasters
from holdfast.inventory.rules.locks import locks
from holdfast.inventory.rules.names import names
from holdfast.inventory.rules.nested import nested
from holdfast.inventory.rules.nodes import nodes
from holdfast.inventory.rules.places import places
from holdfast.inventory.rules.promises import promises
from holdfast.inventory.rules.renames import renames
from holdfast.inventory.rules.schedules import schedules
from holdfast.inventory.rules.servers import servers

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from holdfast.inventory.finding import Finding
    from holdfast.inventory.inventory import Inventory
    from holdfast.inventory.select import Resolved

_OF_ENTRIES = (names, nodes, places, servers, loadmasters)
_OF_PROMISES = (definitions, promises, nested, schedules, limits, locks, renames)


def check(inventory: Inventory, resolved: Sequence[Resolved]) -> Iterator[Finding]:
    """Yield everything that the rules find; the inventory may lack entries that were not typed."""
    for rule in _OF_ENTRIES:
        yield from rule(inventory)
    for rule_of_promises in _OF_PROMISES:
        yield from rule_of_promises(inventory, resolved)
