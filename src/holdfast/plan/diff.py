"""Desired and actual to Changes: the only comparison, by `!=` on canonical attributes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from holdfast.plan.change import Action, Cause, Change
from holdfast.plan.resource import KINDS, LOADMASTER, order

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from holdfast.plan.actual import Applied
    from holdfast.plan.resource import Address, Attributes, Resource

_ACTIONS = list(Action)


def diff(
    desired: Iterable[Resource],
    actual: Iterable[Resource],
    applied: Mapping[Address, Applied] | None = None,
) -> tuple[Change, ...]:
    """Return what leads from actual to desired, destructive changes first; empty when all is equal.

    `applied` holds only addresses where what was last applied is not what is there.
    """
    applied = applied or {}
    want = {resource.address: resource for resource in desired}
    have = {resource.address: resource.attributes for resource in actual}
    changes = []
    for address, resource in want.items():
        origin = address
        if address not in have and resource.previous in have:
            origin = resource.previous
        before = have.pop(origin, None)
        record = applied.get(origin)
        if resource.unseen:
            before = record = None
        if before != resource.attributes or origin != address or record is not None:
            changes.append(_wanted(resource, before, record, origin))
    changes += [
        _unwanted(address, before, applied.get(address)) for address, before in have.items()
    ]
    return tuple(sorted(changes, key=_order))


def patch(changes: Iterable[Change], actual: Iterable[Resource]) -> dict[Address, Attributes]:
    """Return the attributes by address that are there once all changes are made."""
    result = {resource.address: resource.attributes for resource in actual}
    for change in changes:
        result.pop(change.previous or change.address, None)
        if change.after is not None:
            result[change.address] = change.after
    return result


def apply_order(changes: Iterable[Change]) -> tuple[Change, ...]:
    """Return the changes of one target as they must be made: what is needed first comes first.

    Kinds are made in the order of KINDS and taken away in the reverse one; whatever is taken away
    goes before what is made, but the agent, which does it all, goes last.
    """

    def key(change: Change) -> tuple[int, int, str]:
        rank = KINDS.index(change.address.kind)
        if change.after is None:
            return (2, 0, "") if change.address.kind == "agent" else (0, -rank, change.address.name)
        return (1 if rank else -1, rank, change.address.name)

    return tuple(sorted(changes, key=key))


def _wanted(
    resource: Resource, before: Attributes | None, record: Applied | None, origin: Address
) -> Change:
    after = resource.attributes
    known = before if record is None else record.attributes
    causes = {Cause.CHANGE} if after != known or origin != resource.address else set()
    if before != known and not _was_never_ours(resource, known):
        causes.add(Cause.DRIFT)
    if before is None:
        action = Action.CREATE
    elif before == after and origin == resource.address:
        action = Action.NO_OP
    elif "uuid" in before and before["uuid"] != after.get("uuid"):
        action = Action.REPLACE
    else:
        action = Action.UPDATE
    return Change(
        action,
        resource.address,
        before,
        after,
        applied=known,
        causes=frozenset(causes),
        source=resource.source,
        previous=None if origin == resource.address else origin,
        unknown=resource.unknown,
        connector=resource.connector,
    )


def _was_never_ours(resource: Resource, known: Attributes | None) -> bool:
    """Tell whether a device just has what it always had: nobody drifted from what nobody wrote."""
    return known is None and resource.address.scope == LOADMASTER


def _unwanted(address: Address, before: Attributes, record: Applied | None) -> Change:
    action = Action.FORGET if address.kind in ("definition", "storage") else Action.DELETE
    known = before if record is None else record.attributes
    causes = {Cause.CHANGE} if known is not None else set()
    if before != known:
        causes.add(Cause.DRIFT)
    return Change(action, address, before, None, applied=known, causes=frozenset(causes))


def _order(change: Change) -> tuple[int, tuple[bool, str, int, str]]:
    return (_ACTIONS.index(change.action), order(change.address))
