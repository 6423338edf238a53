"""Looks at many devices at once, within a time: one that is slow or dead keeps no other waiting."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor, as_completed
from concurrent.futures import TimeoutError as Late
from typing import TYPE_CHECKING, Callable, Iterable, Iterator

from holdfast.agent.failure import Failed
from holdfast.agent.loadmaster.errors import FAILED, TIMEOUT, DeviceError
from holdfast.agent.loadmaster.look import Look, look

if TYPE_CHECKING:
    from holdfast.agent.layout import Layout

    Line = dict[str, object]

AT_ONCE = 32
BUDGET = 40.0  # seconds; a session that is silent for a minute counts as dead


def looks(
    layout: Layout,
    names: Iterable[str],
    budget: float = BUDGET,
    one: Callable[[Layout, str], Look] = look,
) -> Iterator[tuple[str, Look | Line]]:
    """Yield what each device shows, or a line that says why it does not, as they come."""
    pool = ThreadPoolExecutor(max_workers=AT_ONCE)
    waiting = {pool.submit(one, layout, name): name for name in names}
    started = time.monotonic()
    try:
        for done in as_completed(list(waiting), timeout=budget):
            yield _outcome(waiting.pop(done), done.result)
    except Late:
        passed = time.monotonic() - started
        for name in waiting.values():
            yield name, _silent(name, TIMEOUT, "no answer within %.0f s" % passed)
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def _outcome(name: str, result: Callable[[], Look]) -> tuple[str, Look | Line]:
    try:
        return name, result()
    except DeviceError as error:
        said = str(error)
        start = len(name) + 2 if said.startswith(name + ": ") else 0
        return name, _silent(name, error.status, said[start:])
    except Failed as error:
        return name, _silent(name, FAILED, str(error))


def _silent(name: str, status: str, message: str) -> Line:
    return {"type": "silent", "name": name, "status": status, "message": message}
