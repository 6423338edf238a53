"""Chains of snapshots that their sources cannot go on with, as the nodes tell. Pure."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from holdfast.agent import timestamp
from holdfast.agent.backups import manifest
from holdfast.desired.definition import address, reading
from holdfast.plan.change import Cause
from holdfast.problem import Problem, Severity

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from holdfast.desired.node import Wishes
    from holdfast.inventory.inventory import Inventory
    from holdfast.inventory.promise import Promise
    from holdfast.plan.actual import Actual, Chain, Snapshots
    from holdfast.plan.change import Change
    from holdfast.plan.resource import Attributes

# How far the looks at two nodes, and their clocks, may lie apart.
_APART = timedelta(minutes=10)
_FIRST = datetime.min.replace(tzinfo=UTC)  # what a node says may be any moment


def gone(wishes: Wishes, actual: Iterable[Actual]) -> Iterator[Problem]:
    """Yield a warning for each definition whose source has nothing that its chain ends with.

    Only where both are known, and stay what they are: what a node could not tell is not gone.
    """
    answers = {answer.target: answer for answer in actual}
    chains = {own: chain for answer in answers.values() for own, chain in answer.chains.items()}
    if not chains:
        return  # ten thousand definitions of files need not be gone through for this
    held = {r.address: r.attributes for answer in answers.values() for r in answer.resources}
    sharing = _sharing(wishes.promises)
    for promise in wishes.promises:
        own = address(promise)
        if own not in chains or own not in held:
            continue
        wanted = _wanted(wishes.inventory, promise)
        if not _is_kept(promise, held[own], wanted):
            continue
        source = wanted["source"]
        answer = answers.get(source["node"])
        there = answer.snapshots.get(source["place"]) if answer else None
        elsewhere = "" if source["node"] == promise.node else f" on {source['node']}"
        margin = _APART if elsewhere else timedelta()
        if there is not None and _is_gone(chains[own], there, margin, sharing[_chain(promise)]):
            why = f"no snapshot of {source['place']}{elsewhere} is the chain's newest any more: the"
            what = f"{why} next backup is a new full one, the chain so far is set aside"
            if not chains[own].snapshots:
                what = "its chain has no snapshot any more: the next backup is a new full one"
            hint = f"make room for it in {promise.storage}"
            yield Problem(str(own), "", what, hint, Severity.WARNING)


def replaced(change: Change) -> Iterator[str]:
    """Yield what it means that a definition's chain stays where it is, but its dataset does not.

    Where somebody wrote another one into the definition, and that is only taken back, nothing is.
    """
    before, after = change.before or {}, change.after or {}
    chain = ("type", "place", "server", "disk")
    (_, was, home), (_, place, node) = _disk(before), _disk(after)
    if (
        after.get("type") != "dataset"
        or Cause.CHANGE not in change.causes
        or any(before.get(name) != after[name] for name in chain)
        or (was, home) == (place, node)
    ):
        return
    unless = "it is the same dataset under another name"
    if home != node:
        was, place = f"{was} on {home}", f"{place} on {node}"
        unless = "it was moved there with its snapshots"
    yield (
        f"{change.address.name} reads {place} instead of {was}: unless {unless}, "
        "its next backup is a new full one and the chain so far is set aside"
    )


def _sharing(promises: Iterable[Promise]) -> Mapping[tuple[object, ...], set[str]]:
    """Return the names of the definitions whose backups are in one chain."""
    found = defaultdict(set)
    for promise in promises:
        found[_chain(promise)].add(promise.definition.name)
    return found


def _chain(promise: Promise) -> tuple[object, ...]:
    return (promise.node, promise.storage, promise.server, promise.disk)


def _wanted(inventory: Inventory, promise: Promise) -> Mapping[str, Any]:
    place = inventory.nodes[promise.node].storages[promise.storage].place
    return {**reading(inventory, promise), "place": place}


def _is_kept(promise: Promise, held: Attributes, wanted: Attributes) -> bool:
    """Tell whether the next backup is of the same dataset into the same chain as the last one."""
    return (
        promise.definition.active
        and wanted["type"] == "dataset"
        and all(held.get(name) == wanted[name] for name in ("type", "place"))
        and _disk(held) == _disk(wanted)
    )


def _disk(attributes: Attributes) -> tuple[object, ...]:
    """Return what tells one source from another; with its children or not, it is the same."""
    source = attributes.get("source")
    told = source if isinstance(source, dict) else {}
    return tuple(told.get(name) for name in ("kind", "place", "node"))


def _is_gone(chain: Chain, there: Snapshots, margin: timedelta, names: set[str]) -> bool:
    """Tell whether a chain, with the backups of these definitions, can surely not go on.

    The two nodes are not read in the same moment: a backup may have been made in between, or be
    on its way, and then one of them tells of it and the other does not. So a chain whose
    newest is not older than that look by the margin says nothing.
    """
    newest = _moment(chain.newest)
    later = any(
        _moment(each) > newest and manifest.is_backup(each, name)
        for each in there.guids
        for name in names
    )
    read = max(timestamp.from_text(there.read), _FIRST + margin) - margin
    old = newest <= read.strftime("%Y%m%d_%H%M%S")
    return not later and old and chain.snapshots.isdisjoint(there.guids.values())


def _moment(backup: str) -> str:
    """Return when a backup was made, by its name; such texts are in the order of time."""
    return backup.rpartition("-")[2]
