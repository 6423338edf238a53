"""What the answers of the nodes give away beside plain differences. Pure."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from holdfast.agent import subject
from holdfast.desired.automated_backup import address, connected
from holdfast.desired.held import texts
from holdfast.engine import bases
from holdfast.plan.change import Action
from holdfast.plan.scope import Scope
from holdfast.problem import Problem, Severity

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from holdfast.inventory.inventory import Inventory
    from holdfast.plan.actual import Actual, Held
    from holdfast.plan.change import Change
    from holdfast.plan.plan import Unknown
    from holdfast.plan.resource import Address, Resource


@dataclass(frozen=True)
class Refusal:
    """A resource that must be left alone, and why."""

    address: Address
    problem: Problem


def refusals(wanted: Iterable[Resource], there: Iterable[Resource]) -> Iterator[Refusal]:
    """Yield the known storages whose marker is gone: not mounted, so never made again.

    One that the inventory has moved elsewhere or given up is none of them: it may be let go.
    """
    places = {item.address: item.attributes.get("place") for item in wanted}
    for resource in there:
        address, marker = resource.address, resource.attributes.get("marker")
        if address.kind != "storage" or marker == "ok" or address not in places:
            continue
        place = resource.attributes.get("place")
        if place == places[address]:
            what = f"the marker of {place} is {marker}"
            hint = "is it mounted? nothing is written or rotated there until its own marker is back"
            yield Refusal(address, Problem(str(address), "", what, hint))
        elif not isinstance(place, str):
            what = "the node's record of it is damaged, so its marker cannot be proved"
            hint = f"see that {places[address]} is mounted, remove the record, apply again"
            yield Refusal(address, Problem(str(address), "", what, hint))


def pointless(
    scope: Scope,
    inventory: Inventory,
    actual: Iterable[Actual],
    known: Iterable[Resource | Unknown],
) -> Iterator[Problem]:
    """Yield the filters that match nothing: a typing error would be green for ever.

    Of the nodes that did not answer or were not asked, and of the LoadMasters behind them, anything
    may be what is meant. A LoadMaster is looked at whether or not it is managed.
    """
    if not scope.filters:
        return
    addresses = {item.address for item in known} | set(map(address, inventory.loadmasters))
    unread = inventory.nodes.keys() - {answer.target for answer in actual}
    behind = {node: devices for node, devices in connected(inventory).items() if node in unread}
    for filter_ in scope.filters:
        one = Scope.of([filter_.replace("--exclude", "--target")])
        reached = any(one.covers(address) for address in addresses)
        if not reached and not any(one.reaches(*item) for item in behind.items()):
            what, hint = "it matches nothing", "such as 'node/bkp01/*' or '*/daily@web01:1'"
            yield Problem(filter_, "", what, hint)


def untold(refusals: Iterable[Refusal], told: Iterable[Problem]) -> Iterator[Problem]:
    """Yield why resources are left alone where their node has not said so itself."""
    said = {problem.where for problem in told}
    yield from (refusal.problem for refusal in refusals if refusal.problem.where not in said)


def orphans(inventory: Inventory, actual: Iterable[Actual]) -> Iterator[Problem]:
    """Yield the nodes of the last apply that the inventory no longer names."""
    seen = _applied(actual)
    for name in sorted(seen.keys() - inventory.nodes.keys()):
        yield Problem(
            f"node/{name}",
            "",
            f"it was in the inventory of the last apply (node {seen[name]} says so) and is not now",
            "put it back with `retired: true` and apply, then take it out",
        )


def vanished(inventory: Inventory, actual: Sequence[Actual]) -> Iterator[Problem]:
    """Yield the nodes of the last apply, as others tell, that know nothing of it."""
    seen = _applied(actual)
    for answer in actual:
        name = answer.target
        node = inventory.nodes.get(name)
        if name not in seen or node is None or node.retired or answer.facts.mute:
            continue
        if not any(resource.address.kind == "agent" for resource in answer.resources):
            yield Problem(
                f"node/{name}",
                "",
                f"it was in the inventory of the last apply (node {seen[name]} says so), and "
                "nothing of Holdfast is on it: it was not reached then, or was set up anew since",
                "apply; what its storages hold is told after that",
                Severity.FINDING,
            )


def _applied(actual: Iterable[Actual]) -> dict[str, str]:
    """Return the nodes of the last apply, each with one that says so."""
    seen: dict[str, str] = {}
    for answer in actual:
        for resource in answer.resources:
            if resource.address.kind == "agent":
                seen |= dict.fromkeys(texts(resource.attributes.get("nodes")), answer.target)
    return seen


def effects(changes: Sequence[Change], held: Mapping[Address, Held]) -> tuple[str, ...]:
    """Return in words what changes mean for backups that exist; `held` is what storages hold."""
    notes = list(_left(changes, held))
    for change in changes:
        before, after = change.before or {}, change.after or {}
        if change.address.kind != "definition" or not before or "damaged" in before:
            continue
        name = change.address.name
        was = _folder(change.previous or change.address, before)
        now = _folder(change.address, after)
        if change.action is Action.REPLACE:
            notes.append(
                f"{name}: another machine under an old name; "
                "the earlier one's backups stay listed and are never rotated"
            )
        elif change.action is Action.UPDATE and was != now:
            notes.append(
                f"{name} moves from {was} to {now}: "
                "its next backup is a new full one; the old ones stay where they are"
            )
        notes += bases.replaced(change)
    gone = sum(c.action is Action.FORGET and c.address.kind == "definition" for c in changes)
    if gone:
        notes.append(f"forgotten definitions: {gone}; their backups stay and are listed as unowned")
    return tuple(notes)


def _folder(definition: Address, attributes: Mapping[str, object]) -> str:
    """Return the folder or dataset of a storage that a definition's backups go to."""
    source = definition.name.partition("@")[2]
    return os.path.join(str(attributes.get("place")), subject.folder(source))


def _left(changes: Iterable[Change], held: Mapping[Address, Held]) -> Iterator[str]:
    """Yield the storages that are let go, or lie elsewhere now, with backups of ours in them."""
    for change in changes:
        there = held.get(change.address)
        if there is not None and there.count:
            before, after = change.before or {}, change.after
            word = "is forgotten" if after is None else f"moves to {after.get('place')}"
            backups = "backup" if there.count == 1 else "backups"
            yield (
                f"storage {change.address.name} of {change.address.target} {word} with "
                f"{there.count} {backups} ({there.size} bytes) in it; they stay in "
                f"{before.get('place')}, but no list shows them any more"
            )
