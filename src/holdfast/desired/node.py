"""All that one inventory wants on the nodes that answered, given what they told of themselves."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from holdfast.desired import automated_backup, peer
from holdfast.desired.agent import agent
from holdfast.desired.automated_backup import automated_backups, managed
from holdfast.desired.definition import address, definition
from holdfast.desired.identity import identity
from holdfast.desired.loadmaster import loadmasters
from holdfast.desired.lock import locks
from holdfast.desired.reader import reader
from holdfast.desired.secret import left, secrets, wanted
from holdfast.desired.signer import signers
from holdfast.desired.storage import storages
from holdfast.desired.support import unsupported
from holdfast.plan.plan import Unknown
from holdfast.plan.resource import Address, Resource

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from holdfast.inventory.inventory import Inventory
    from holdfast.inventory.promise import Promise
    from holdfast.plan.actual import Actual
    from holdfast.plan.resource import Attributes
    from holdfast.problem import Problem


@dataclass(frozen=True)
class Wishes:
    """What the control side brings along: the inventory, the agent, and which secrets it has.

    `readers` are the public halves of the read identities by node, `secrets` the addresses whose
    value is at hand. What is missing in either is unknown, never an error and never a delete.
    """

    inventory: Inventory
    promises: tuple[Promise, ...]
    agent: str  # sha256 of the archive that this version would install
    readers: Mapping[str, str] = field(default_factory=dict)
    unreadable: Mapping[str, str] = field(default_factory=dict)  # node: why its key is none
    secrets: frozenset[Address] = frozenset()
    authorities: Mapping[str, str] = field(default_factory=dict)  # path in the inventory: PEM


def desired(wishes: Wishes, actual: Iterable[Actual]) -> Iterator[Resource | Unknown | Problem]:
    """Yield what is wanted, what cannot be said, and what cannot be done."""
    by_node, by_disk = defaultdict(list), defaultdict(list)
    for promise in wishes.promises:
        by_node[promise.node].append(promise)
        node = peer.other(wishes.inventory, promise)
        if node is not None and not unsupported(wishes.inventory, promise):
            by_disk[node].append(promise)
    answers = tuple(actual)
    told = peer.keys(answers)
    held = {r.address for each in answers for r in each.resources if r.address.kind == "secret"}
    reached = {answer.target for answer in answers if not answer.facts.mute}
    given = {secret for secret in wishes.secrets if secret.target in reached}
    for answer in answers:
        node = answer.target
        if not wishes.inventory.nodes[node].retired:
            yield from _node(wishes, answer, by_node[node])
            yield from _peers(wishes, answer, by_disk[node], told)
            yield from left(wishes.inventory, node, given, held)
            if not answer.facts.mute:
                yield from signers(wishes.inventory, node, told, answers)


def _node(
    wishes: Wishes, answer: Actual, promises: list[Promise]
) -> Iterator[Resource | Unknown | Problem]:
    inventory, node = wishes.inventory, answer.target
    held = {resource.address: resource.attributes for resource in answer.resources}
    active = any(_fires(inventory, promise, held) for promise in promises)
    own = held.get(Address("node", node, "agent"), {})
    yield agent(inventory, node, wishes.agent, "ok" if active else "absent", own)
    if answer.facts.mute:
        yield from _unknown(inventory, node, promises, answer.facts.mute)
        return
    yield identity(inventory, node, held.get(Address("node", node, "identity"), {}))
    yield from storages(inventory, node)
    yield from reader(inventory, node, wishes.readers.get(node), wishes.unreadable.get(node))
    reaching = [
        *secrets(wanted(inventory, node), wishes.secrets, held, answer.matches),
        *loadmasters(inventory, node, wishes.authorities, held),
    ]
    yield from reaching
    asked = [item for item in reaching if isinstance(item, Resource)]
    yield from automated_backups(inventory, answer, wishes.secrets, asked)
    for promise in promises:
        if problem := unsupported(inventory, promise):
            yield problem
            yield Unknown(address(promise), "this version cannot do it")
        else:
            yield definition(inventory, promise, answer.facts.zone, held)
    kept = [promise for promise in promises if not unsupported(inventory, promise)]
    yield from peer.known(inventory, node, kept)
    yield from locks(inventory, node, promises)


def _peers(
    wishes: Wishes, answer: Actual, asked: list[Promise], told: Mapping[str, str | None]
) -> Iterator[Resource | Unknown]:
    """Yield what other nodes may do on a node for the promises of its disks."""
    for item in peer.peers(wishes.inventory, answer.target, asked, told):
        yield Unknown(item.address, answer.facts.mute) if answer.facts.mute else item


def _fires(inventory: Inventory, promise: Promise, held: Mapping[Address, Attributes]) -> bool:
    """Tell whether cron is told of a promise after an apply; what cannot be kept is left alone."""
    if unsupported(inventory, promise):
        return held.get(address(promise), {}).get("active") is True
    return promise.definition.active


def _unknown(
    inventory: Inventory, node: str, promises: list[Promise], reason: str
) -> Iterator[Unknown]:
    yield Unknown(Address("node", node, "identity"), reason)
    for resource in storages(inventory, node):
        yield Unknown(resource.address, reason)
    for wish in wanted(inventory, node):
        yield Unknown(wish.address, reason)
    for item in loadmasters(inventory, node, {}, {}):
        yield Unknown(item.address, reason)
    for promise in promises:
        yield Unknown(address(promise), reason)
    for item in (*locks(inventory, node, promises), *peer.known(inventory, node, promises)):
        yield Unknown(item.address, reason)
    for name, _ in managed(inventory, node):
        yield Unknown(automated_backup.address(name), reason)
