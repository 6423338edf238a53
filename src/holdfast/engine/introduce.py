"""Keys that nodes make in an apply, told to the nodes that are to let them in. Pure."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from holdfast.agent.identity import is_public
from holdfast.desired.held import texts
from holdfast.engine.report import Status

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from holdfast.engine.report import Outcome
    from holdfast.plan.change import Change
    from holdfast.plan.resource import Address, Attributes

# Where the key of the node that they are named after stands.
_MEMBER = {"peer": "key", "signer": "keys"}


def waiting(changes: Iterable[Change]) -> frozenset[Address]:
    """Return who can be let in, or trusted, only once their node has made its key."""
    return frozenset(
        c.address
        for c in changes
        if c.address.kind in _MEMBER and _MEMBER[c.address.kind] in c.unknown
    )


def made(outcomes: Iterable[Outcome]) -> dict[str, str]:
    """Return the keys that nodes have, as they told when theirs was made."""
    keys = {}
    for outcome in outcomes:
        address, found = outcome.change.address, outcome.found or {}
        if address.kind == "identity" and outcome.status is Status.DONE:
            key = found.get("key")
            if is_public(key):
                keys[address.target] = str(key)
    return keys


def strangers(changes: Iterable[Change], keys: Mapping[str, str]) -> dict[Address, str]:
    """Return the peers that cannot be let in, and why."""
    return {
        change.address: f"node {change.address.name} has told no key: apply its identity, too"
        for change in changes
        if change.address in waiting([change]) and change.address.name not in keys
    }


def introduced(change: Change, keys: Mapping[str, str]) -> Change:
    """Return a change with the key that was not known before."""
    key = keys.get(change.address.name)
    if change.after is None or key is None or change.address not in waiting([change]):
        return change
    told = (
        {"key": key} if change.address.kind == "peer" else {"keys": _with(change.before or {}, key)}
    )
    return replace(change, after={**change.after, **told}, unknown=())


def _with(attributes: Attributes, key: str) -> list[str]:
    return sorted({key, *texts(attributes.get("keys"))})
