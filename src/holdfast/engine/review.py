"""From a directory of YAML to a Plan: load, read the nodes, propose; for plan, apply and drift."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from holdfast.desired.node import Wishes
from holdfast.desired.secret import wanted
from holdfast.engine import authorities, credentials, observe
from holdfast.engine.propose import propose
from holdfast.engine.reach import Purpose, Reach
from holdfast.errors import SecretError
from holdfast.inventory.load import load
from holdfast.inventory.select import promises
from holdfast.transport import archive

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from holdfast.inventory.inventory import Inventory
    from holdfast.plan.plan import Plan
    from holdfast.plan.resource import Address
    from holdfast.plan.scope import Scope


@dataclass(frozen=True)
class Review:
    """A plan, and what it takes to apply it. `values` are secrets: in memory only."""

    inventory: Inventory
    plan: Plan
    reach: Reach
    archive: archive.Archive
    agents: Mapping[str, str | None]  # node: sha256 of the agent that answered
    values: Mapping[Address, str]


def review(directory: Path, scope: Scope, purpose: Purpose, parallelism: int) -> Review:
    """Return the plan of an inventory against its nodes; raises InventoryError."""
    inventory = load(directory)
    wishes = promises(inventory)
    reach = Reach(inventory, os.environ)
    values = _values(inventory)
    seen = observe.observe(
        reach, observe.requests(inventory, wishes, values, scope), purpose, parallelism
    )
    built = archive.build()
    readers, trouble = _readers(inventory)
    plan = propose(
        Wishes(
            inventory,
            wishes,
            built.sha256,
            readers,
            trouble,
            frozenset(values),
            authorities.read(inventory, os.environ),
        ),
        seen,
        scope,
    )
    agents = {answer.target: answer.facts.agent for answer in seen.actual}
    return Review(inventory, plan, reach, built, agents, values)


def _values(inventory: Inventory) -> dict[Address, str]:
    """Return the secrets whose values are at hand."""
    found = {}
    for node in inventory.nodes:
        for wish in wanted(inventory, node):
            value = credentials.resolve(wish.reference, inventory.base, os.environ)
            if value is not None:
                found[wish.address] = value
    return found


def _readers(inventory: Inventory) -> tuple[dict[str, str], dict[str, str]]:
    """Return the public halves of the read identities by node, and why others are of no use."""
    found: dict[str, str] = {}
    trouble: dict[str, str] = {}
    for name, node in inventory.nodes.items():
        reference = node.ssh.read_identity if node.ssh is not None else None
        if reference is None:
            continue
        try:
            private = credentials.resolve(reference, inventory.base, os.environ)
            if private is not None:
                found[name] = credentials.public_half(reference, private)
        except SecretError as error:
            trouble[name] = str(error)
    return found, trouble
