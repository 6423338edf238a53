"""The inventory and what the nodes answered, to a Plan. Pure: catches nothing, reads nothing."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from holdfast.agent import canonical
from holdfast.desired.node import desired
from holdfast.engine import bases, crowding, devices, findings
from holdfast.plan.diff import diff
from holdfast.plan.guard import forget_check, lose_check
from holdfast.plan.loss import losses
from holdfast.plan.plan import Plan, Unknown
from holdfast.plan.resource import Resource, order
from holdfast.problem import Place, Problem

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from holdfast.desired.node import Wishes
    from holdfast.engine.observe import Observation
    from holdfast.inventory.inventory import Inventory
    from holdfast.plan.actual import Actual
    from holdfast.plan.change import Change
    from holdfast.plan.resource import Address
    from holdfast.plan.scope import Scope


def propose(wishes: Wishes, observation: Observation, scope: Scope) -> Plan:
    """Return what leads from what the nodes answered to what the inventory wants.

    A node that was not read is unknown: nothing is planned on it.
    """
    inventory = wishes.inventory
    answers = sorted(observation.actual, key=lambda answer: answer.target)
    wanted = tuple(desired(wishes, answers))
    actual = [devices.trusted(inventory, answer) for answer in answers]
    unknown = [w for w in wanted if isinstance(w, Unknown) and scope.covers(w.address)]
    there = [resource for answer in actual for resource in answer.resources]
    told = tuple(problem for answer in actual for problem in answer.problems)
    asked = [item for item in wanted if isinstance(item, Resource)]
    refusals = tuple(findings.refusals(asked, there))
    untouched = {u.address for u in unknown} | {refusal.address for refusal in refusals}
    untouched |= _without_new_home(wishes, asked, there, scope)
    changes = _changes(_with_entries(asked, there, untouched), actual, scope, untouched)
    backups = {address: kept for answer in actual for address, kept in answer.backups.items()}
    held = {address: there for answer in actual for address, there in answer.held.items()}
    lost = losses(changes, backups)
    problems = [
        *(item for item in wanted if isinstance(item, Problem)),
        *findings.untold(refusals, told),
        *findings.pointless(scope, inventory, actual, [*asked, *there, *unknown]),
        *_of_all(wishes, actual),
        *devices.of_plan(inventory, actual, asked, unknown),
        *told,
    ]
    return Plan(
        inventory=inventory.inventory.id,
        changes=changes,
        problems=tuple(sorted(problems, key=_order)),
        checks=(forget_check(changes, there, _retired(inventory)), lose_check(lost)),
        losses=lost,
        unknown=tuple(sorted(unknown, key=lambda item: order(item.address))),
        unread=devices.unread(observation, actual, unknown),
        effects=findings.effects(changes, held),
        fingerprints=_fingerprints(actual, changes),
        scope=scope.filters,
    )


def _retired(inventory: Inventory) -> frozenset[str]:
    return frozenset(name for name, node in inventory.nodes.items() if node.retired)


def _of_all(wishes: Wishes, actual: Sequence[Actual]) -> Iterator[Problem]:
    """Yield what only the answers of all nodes together tell."""
    yield from findings.orphans(wishes.inventory, actual)
    yield from findings.vanished(wishes.inventory, actual)
    yield from crowding.crowded(wishes.inventory, actual)
    yield from bases.gone(wishes, actual)


def _without_new_home(
    wishes: Wishes, asked: Sequence[Resource], there: Sequence[Resource], scope: Scope
) -> set[Address]:
    """Return what must stay until promises are kept elsewhere: definitions, and what they need.

    What their node may do on another one is needed, too.

    One may have moved to a node that was not read or is not looked at, or ask for what cannot be
    done.
    """
    held = {item.address for item in there}
    kept = {
        item.address.name
        for item in asked
        if item.address.kind == "definition"
        and (item.address in held or scope.covers(item.address))
    }
    homeless = {
        name
        for promise in wishes.promises
        if promise.id not in kept
        for name in (promise.id, *promise.was)
    }
    stay = {a for a in held if a.kind == "definition" and a.name in homeless}
    nodes = {address.target for address in stay}
    given_up = held - {item.address for item in asked}
    stay |= {a for a in held if a.kind == "peer" and a.name in nodes}
    return stay | {a for a in given_up if a.kind != "definition" and a.target in nodes}


def _with_entries(
    asked: Sequence[Resource], there: Sequence[Resource], untouched: set[Address]
) -> Iterator[Resource]:
    """Yield what is asked for, with the cron file that the definitions which stay need."""
    firing = {
        item.address.target
        for item in there
        if item.address.kind == "definition"
        and item.address in untouched
        and item.attributes.get("active") is True
    }
    for item in asked:
        needed = item.address.kind == "agent" and item.address.target in firing
        yield replace(item, attributes={**item.attributes, "cron_file": "ok"}) if needed else item


def _order(problem: Problem) -> tuple[bool, Place | str, str, str]:
    """Return the key of a problem: what stands in the YAML comes first."""
    in_yaml = isinstance(problem.where, Place)
    return (not in_yaml, problem.where, problem.path, problem.what)


def _changes(
    wanted: Iterable[Resource], actual: Iterable[Actual], scope: Scope, untouched: set[Address]
) -> tuple[Change, ...]:
    """Return the changes of what is looked at and may be touched."""

    def considered(address: Address) -> bool:
        return address not in untouched and scope.covers(address)

    return diff(
        (item for item in wanted if considered(item.address)),
        (item for answer in actual for item in answer.resources if considered(item.address)),
        {
            address: record
            for answer in actual
            for address, record in answer.applied.items()
            if considered(address)
        },
    )


def _fingerprints(actual: Iterable[Actual], changes: Iterable[Change]) -> dict[str, str]:
    """Return the digest of what lies on each far end that would be touched."""
    touched = {change.address.far_end for change in changes}
    there: dict[str, list[list[object]]] = {far_end: [] for far_end in touched}
    for answer in actual:
        for resource in answer.resources:
            if resource.address.far_end in touched:
                described: list[object] = [str(resource.address), resource.attributes]
                there[resource.address.far_end].append(described)
    return {far_end: canonical.digest(resources) for far_end, resources in there.items()}
