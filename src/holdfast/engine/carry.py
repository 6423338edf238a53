"""A reviewed plan carried to its nodes: checks that it is still true there, then applies it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING

from holdfast.engine import moves
from holdfast.engine.apply import Order, apply
from holdfast.engine.reach import Purpose
from holdfast.engine.report import PARTIAL, STALE, Outcome, Report, Status
from holdfast.errors import PlanFileError
from holdfast.transport import bootstrap

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from holdfast.engine.apply import Tell
    from holdfast.engine.author import Author
    from holdfast.engine.review import Review
    from holdfast.plan.actual import Unread
    from holdfast.plan.change import Change
    from holdfast.plan.plan import Plan
    from holdfast.plan.resource import Address
    from holdfast.transport.answer import Message


def of_inventory(saved: Plan, inventory: str) -> Plan:
    """Return a saved plan if it is of the inventory of that id; raise PlanFileError otherwise."""
    if saved.inventory != inventory:
        raise PlanFileError(f"the plan is of inventory {saved.inventory}, this one is {inventory}")
    return saved


def stale(saved: Plan, fresh: Plan) -> frozenset[str]:
    """Return the far ends for which a saved plan is no longer what a plan of now would be.

    What the saved one could not know, such as a secret that it lacked, is left out of both; so is
    the place in the YAML, which moves with every line above it.
    """
    unknown = {item.address for item in saved.unknown}

    def meant(plan: Plan, target: str) -> list[Change]:
        known = (change for change in plan.on(target) if change.address not in unknown)
        return [replace(change, source=None) for change in known]

    return frozenset(
        target
        for target in saved.targets
        if saved.fingerprints.get(target) != fresh.fingerprints.get(target)
        or meant(saved, target) != meant(fresh, target)
    )


def carry(
    seen: Review,
    saved: Plan,
    outdated: frozenset[str],
    author: Author,
    tell: Tell,
    parallelism: int,
) -> Report:
    """Apply the plan to the nodes where it still holds; the others are refused one by one."""
    refused = tuple(_refusals(saved, outdated, seen.plan.unread))
    for outcome in refused:
        tell(outcome)
    done = {outcome.change.address for outcome in refused}
    current = replace(saved, changes=tuple(c for c in saved.changes if c.address not in done))

    def send(node: str, request: bytes) -> Iterable[Message]:
        built = seen.archive
        if seen.agents.get(node) == built.sha256:
            command = bootstrap.apply(built.sha256)
        else:
            command = bootstrap.install(built.sha256, built.content)
        return seen.reach.converse(node, Purpose.APPLY, command, request)

    order = Order(seen.inventory.inventory.was, author, _extra(seen, saved))
    report = apply(current, order, send, tell, parallelism)
    return Report(saved, (*refused, *report.outcomes), interrupted=report.interrupted)


def _refusals(saved: Plan, outdated: frozenset[str], unread: Iterable[Unread]) -> Iterator[Outcome]:
    """Yield what is not even tried: where outdated, and where what moves there comes from."""
    silent = {item.target: item for item in unread}
    unmade = {c.address for c in saved.changes if c.address.far_end in outdated}
    stuck = moves.stuck(saved.changes, unmade)
    for change in saved.changes:
        if change.address in unmade:
            yield _refused(change, silent.get(change.address.far_end) or silent.get(change.node))
        elif change.address in stuck:
            yield Outcome(change, Status.SKIPPED, stuck[change.address], PARTIAL)


def _refused(change: Change, unread: Unread | None) -> Outcome:
    if unread is not None:
        return Outcome(change, Status.FAILED, unread.reason, unread.exit_code)
    why = "what is there, or the inventory, is no longer what was planned against: plan again"
    return Outcome(change, Status.STALE, why, STALE)


def _extra(seen: Review, plan: Plan) -> Mapping[Address, Mapping[str, object]]:
    """Return what goes with changes but is no attribute: values, and losses consented to."""
    lost = defaultdict(list)
    for loss in plan.losses:
        lost[loss.address].append(loss.backup)
    extra: dict[Address, Mapping[str, object]] = {}
    for change in plan.changes:
        if change.address in seen.values and change.after is not None:
            extra[change.address] = {"value": seen.values[change.address]}
        elif change.address in lost:
            extra[change.address] = {"approved": lost[change.address]}
    return extra
