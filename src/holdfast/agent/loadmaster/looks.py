"""Looks at many devices at once, within a time: one that is slow or dead keeps no other waiting."""

from __future__ import annotations

import queue
import threading
import time
from typing import TYPE_CHECKING, Callable, Iterable, Iterator

from holdfast.agent.failure import Failed
from holdfast.agent.loadmaster.errors import FAILED, TIMEOUT, DeviceError
from holdfast.agent.loadmaster.look import Look, look

if TYPE_CHECKING:
    from holdfast.agent.layout import Layout

    Line = dict[str, object]
    One = Callable[[Layout, str], Look]

AT_ONCE = 32
BUDGET = 40.0  # seconds; a session that is silent for a minute counts as dead


def looks(
    layout: Layout, names: Iterable[str], budget: float = BUDGET, one: One = look
) -> Iterator[tuple[str, Look | Line]]:
    """Yield what each device shows, or a line that says why it does not, as they come."""
    waiting = dict.fromkeys(names)
    asked: queue.SimpleQueue[str] = queue.SimpleQueue()
    seen: queue.SimpleQueue[tuple[str, Look | Line | BaseException]] = queue.SimpleQueue()
    for name in waiting:
        asked.put(name)
    for _ in range(min(AT_ONCE, len(waiting))):
        # Daemons: the process must end although a device still hangs.
        threading.Thread(target=_work, args=(layout, asked, seen, one), daemon=True).start()
    deadline = time.monotonic() + budget
    while waiting:
        try:
            name, found = seen.get(timeout=max(0.0, deadline - time.monotonic()))
        except queue.Empty:
            break
        del waiting[name]
        if isinstance(found, BaseException):
            raise found
        yield name, found
    for name in waiting:
        yield name, _silent(name, TIMEOUT, "no answer within %.0f s" % budget)


def _work(
    layout: Layout,
    asked: queue.SimpleQueue[str],
    seen: queue.SimpleQueue[tuple[str, Look | Line | BaseException]],
    one: One,
) -> None:
    """Look at one device after the other until none is left."""
    while True:
        try:
            name = asked.get_nowait()
        except queue.Empty:
            return
        try:
            seen.put((name, _outcome(layout, name, one)))
        except BaseException as error:  # noqa: BLE001 - raised again by who waits
            seen.put((name, error))


def _outcome(layout: Layout, name: str, one: One) -> Look | Line:
    try:
        return one(layout, name)
    except DeviceError as error:
        said = str(error)
        start = len(name) + 2 if said.startswith(name + ": ") else 0
        return _silent(name, error.status, said[start:])
    except Failed as error:
        return _silent(name, FAILED, str(error))


def _silent(name: str, status: str, message: str) -> Line:
    return {"type": "silent", "name": name, "status": status, "message": message}
