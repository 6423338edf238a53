"""One question to many nodes at once; a node that gives no whole answer is Unread."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, TypeVar

from holdfast.agent.layout import PROTOCOL
from holdfast.engine.reach import Purpose
from holdfast.errors import RemoteError, SecretError
from holdfast.plan.actual import Unread

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from holdfast.engine.reach import Reach
    from holdfast.inventory.inventory import Inventory

Answer = TypeVar("Answer")
Line = dict[str, Any]


def gather(
    reach: Reach,
    requests: Mapping[str, bytes],
    typed: Callable[[str, Iterable[Line]], Answer],
    parallelism: int,
    purpose: Purpose = Purpose.READ,
) -> tuple[tuple[Answer, ...], tuple[Unread, ...]]:
    """Return the typed answers in the order of the nodes' names, and the nodes without one.

    `typed` gets the lines of a whole answer as they come and may raise RemoteError.
    """

    def ask(node: str) -> tuple[Answer | None, Unread | None]:
        try:
            return typed(node, reach.read(node, purpose, requests[node])), None
        except RemoteError as error:
            return None, Unread(node, error.message, error.exit_code)
        except SecretError as error:
            return None, Unread(node, str(error), error.exit_code)

    pool = ThreadPoolExecutor(max_workers=parallelism)
    try:
        pairs = list(pool.map(ask, sorted(requests)))
    finally:
        # Ctrl-C waits for no node: whatever still comes is read by nobody and printed by nobody.
        pool.shutdown(wait=False, cancel_futures=True)
    answers = tuple(answer for answer, _ in pairs if answer is not None)
    return answers, tuple(unread for _, unread in pairs if unread is not None)


def request(inventory: Inventory, *ops: Mapping[str, object]) -> bytes:
    """Return a request of reading ops."""
    document = {
        "protocol": PROTOCOL,
        "inventory": inventory.inventory.id,
        "was": list(inventory.inventory.was),
        "ops": ops,
    }
    return json.dumps(document).encode()
