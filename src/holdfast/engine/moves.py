"""Promises that move to another node: the old home keeps them until the new one does. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from holdfast.desired.held import texts

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from collections.abc import Set as AbstractSet

    from holdfast.plan.change import Change
    from holdfast.plan.resource import Address


def homes(changes: Iterable[Change]) -> dict[Address, Address]:
    """Return each definition that is forgotten because it moves, and where it is made instead."""
    made: dict[str, list[Address]] = {}
    gone = []
    for change in changes:
        if change.address.kind == "definition":
            if change.after is None:
                gone.append(change.address)
                continue
            for name in (change.address.name, *texts(change.after.get("was"))):
                made.setdefault(name, []).append(change.address)
    return {
        address: home
        for address in gone
        for home in made.get(address.name, ())
        if home.target != address.target
    }


def waiting(changes: Sequence[Change]) -> frozenset[Address]:
    """Return the removals that come after all else: of what moves, and of all beside it.

    A storage, a secret or the agent that is taken away too may be what the promise still needs; so
    may what the node that it moves from may do on another one.
    """
    nodes = {address.target for address in homes(changes)}
    return frozenset(c.address for c in changes if _is_needed_by(c, nodes))


def stuck(changes: Sequence[Change], unmade: AbstractSet[Address]) -> Mapping[Address, str]:
    """Return the removals that must not be made, and why, where some new homes were not made."""
    reasons = {
        address: f"its new home, node {home.target}, does not have it: it stays here"
        for address, home in homes(changes).items()
        if home in unmade
    }
    nodes = {address.target for address in reasons}
    for change in changes:
        if change.address.kind != "definition" and _is_needed_by(change, nodes):
            reasons[change.address] = "a definition that was to move away still needs it"
    return reasons


def _is_needed_by(change: Change, nodes: AbstractSet[str]) -> bool:
    """Tell whether a change takes away what one of these nodes, or a promise there, may need."""
    if change.address.kind == "peer":
        return change.before is not None and change.address.name in nodes
    return change.after is None and change.address.target in nodes
