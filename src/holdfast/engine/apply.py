"""A Plan made true, node by node: one session each, the others go on when one fails.

Two sorts of changes wait for a second session. What a node is to lose since a promise moves away it
loses once the new home has the promise, and not at all if that failed. Who is to let another node
in by a key that is made in this very apply does so once that key is known.
The agent compares, writes and reads back; this file only carries changes there and outcomes back.
"""

from __future__ import annotations

import json
import signal
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import chain
from threading import Event
from typing import TYPE_CHECKING

from holdfast.agent import canonical
from holdfast.agent.layout import PROTOCOL
from holdfast.engine import introduce, moves
from holdfast.engine.decode import fitting
from holdfast.engine.members import Line, mapping, text
from holdfast.engine.report import PARTIAL, STALE, Outcome, Report, Status
from holdfast.errors import RemoteError, SecretError, Unexpected, Unreachable
from holdfast.plan.diff import apply_order

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from holdfast.engine.author import Author
    from holdfast.plan.change import Change
    from holdfast.plan.plan import Plan
    from holdfast.plan.resource import Address

    # One session: the node and the request, to the answer's lines as they come.
    Send = Callable[[str, bytes], Iterable[Line]]
    Tell = Callable[[Outcome], None]


_EARLIER = "an earlier change on this node failed"


class Order:
    """What an apply carries beside the plan; values of secrets are in memory only."""

    def __init__(
        self, was: Sequence[str], author: Author, extra: Mapping[Address, Mapping[str, object]]
    ) -> None:
        self.was = tuple(was)
        self.author = author
        self.extra = extra


def apply(plan: Plan, order: Order, send: Send, tell: Tell, parallelism: int) -> Report:
    """Make every change of a plan and report how each ended.

    An interrupt lets the nodes in hand finish; those not begun are skipped.
    """
    later = moves.waiting(plan.changes) | introduce.waiting(plan.changes)
    with _interrupts() as stop:

        def node(target: str, changes: Sequence[Change]) -> tuple[Outcome, ...]:
            if stop.is_set():
                skipped = [Outcome(c, Status.SKIPPED, "the apply was interrupted") for c in changes]
                return tuple(_told(skipped, tell))
            return tuple(_told(_node(target, changes, plan.inventory, order, send), tell))

        def made(changes: Iterable[Change]) -> tuple[Outcome, ...]:
            by_node: dict[str, list[Change]] = {}
            for change in apply_order(changes):
                by_node.setdefault(change.node, []).append(change)
            todo = sorted(by_node.items())
            return (
                tuple(chain.from_iterable(pool.map(node, *zip(*todo, strict=True)))) if todo else ()
            )

        with ThreadPoolExecutor(max_workers=parallelism) as pool:
            first = made(c for c in plan.changes if c.address not in later)
            skipped = () if stop.is_set() else _skipped(plan, first)
            for outcome in skipped:
                tell(outcome)
            settled = {outcome.change.address for outcome in skipped}
            keys = introduce.made(first)
            second = made(
                introduce.introduced(c, keys) for c in plan.changes if c.address in later - settled
            )
        return Report(plan, (*first, *skipped, *second), interrupted=stop.is_set())


def _skipped(plan: Plan, first: Iterable[Outcome]) -> tuple[Outcome, ...]:
    """Return the later changes that are not made after a first round, for what went wrong in it."""
    undone = {o.change.address for o in first if o.status is not Status.DONE}
    reasons = dict(moves.stuck(plan.changes, undone))
    for address, reason in introduce.strangers(plan.changes, introduce.made(first)).items():
        reasons.setdefault(address, reason)
    broken = {address.far_end for address in undone}
    later = moves.waiting(plan.changes) | introduce.waiting(plan.changes)
    for address in later:
        if address.far_end in broken:
            reasons.setdefault(address, _EARLIER)
    skipped = (change for change in plan.changes if change.address in reasons)
    return tuple(Outcome(c, Status.SKIPPED, reasons[c.address], PARTIAL) for c in skipped)


@contextmanager
def _interrupts() -> Iterator[Event]:
    """Yield an event that Ctrl-C sets: an exception might come anywhere and lose a node in hand."""
    stop = Event()
    before = signal.signal(signal.SIGINT, lambda *_: stop.set())
    try:
        yield stop
    finally:
        signal.signal(signal.SIGINT, before)


def _told(outcomes: Iterable[Outcome], tell: Tell) -> Iterator[Outcome]:
    for outcome in outcomes:
        tell(outcome)
        yield outcome


def _node(
    target: str, changes: Sequence[Change], inventory: str, order: Order, send: Send
) -> Iterator[Outcome]:
    """Yield an outcome for each change of one node, whatever happens to the session."""
    waiting = list(changes)
    try:
        for line in send(target, request(changes, inventory, order)):
            if line["type"] == "outcome":
                with fitting(target):
                    outcome = _outcome(waiting[0], line)
                del waiting[0]
                yield outcome
        if waiting:
            raise Unexpected(target, "its agent did not say how this ended")
    except (RemoteError, SecretError) as error:
        if waiting:
            yield Outcome(waiting.pop(0), Status.FAILED, _advised(error), error.exit_code)
    for change in waiting:
        yield Outcome(change, Status.SKIPPED, _EARLIER, PARTIAL)


def _advised(error: RemoteError | SecretError) -> str:
    """Return what went wrong and, where the node may have gone on without us, what to do."""
    if isinstance(error, Unreachable):
        return f"{error.message}; what it had been told to do may be done: apply again"
    return error.message if isinstance(error, RemoteError) else str(error)


def request(changes: Iterable[Change], inventory: str, order: Order) -> bytes:
    """Return the agent's request for the changes of one node."""
    ops = [
        {
            "op": "apply",
            "kind": change.address.named[0],
            "name": change.address.named[1],
            "before": canonical.digest(change.before),
            "after": change.after,
            "previous": change.previous.name if change.previous else None,
            "extra": order.extra.get(change.address, {}),
        }
        for change in changes
    ]
    document = {
        "protocol": PROTOCOL,
        "inventory": inventory,
        "was": order.was,
        "by": vars(order.author),
        "ops": ops,
    }
    return json.dumps(document).encode()


def _outcome(change: Change, line: Line) -> Outcome:
    """Return how a change ended; raise LookupError or ValueError where the line is of another."""
    address = change.address
    if (line["kind"], line["name"]) != address.named:
        raise ValueError(f"an outcome of {line['kind']} {line['name']}")
    status = Status(line["status"])
    code = {Status.DONE: 0, Status.STALE: STALE}.get(status, PARTIAL)
    found = None if line.get("attributes") is None else mapping(line, "attributes")
    return Outcome(change, status, text(line, "message"), code, found)
