"""Runs queued on a desk, how long they take, and what is seen of them while they are served."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from agent.desk import ID
from holdfast.agent.jobs import runs, tickets
from holdfast.agent.jobs.runs import Run

if TYPE_CHECKING:
    from collections.abc import Callable

    from agent.desk import Desk

# How many of an image's 4000 bytes pass in a second.
SLOW = 16000
STUCK = 40


def define(desk: Desk, server: str, rate: int | None = SLOW, **changes: object) -> str:
    """Define a backup of an image of its own, by default one that takes a quarter of a second."""
    desk.put(f"images/{server}.raw", b"data" * 1000)
    source = {"kind": "image", "place": f"/images/{server}.raw", "node": "bkp01"}
    return desk.define(server=server, **{"source": source, "bandwidth_limit": rate, **changes})


def queue(desk: Desk, *identities: str) -> list[str]:
    """Queue runs as `run` does, with nobody to serve them yet; return their names."""
    names = []
    for identity in identities:
        run = Run("", identity, desk.inventory, "manual")
        names.append(runs.begin(desk.layout, run, datetime.now(UTC)).run)
        tickets.write(desk.layout, identity, names[-1])
    return names


def wait(condition: Callable[[], object], limit: float = 300) -> None:
    end = time.monotonic() + limit
    while not condition():
        assert time.monotonic() < end, "it did not come about in time"
        time.sleep(0.02)


def statuses(desk: Desk, identity: str = ID) -> list[str]:
    return [run.status for run in runs.read(desk.layout, identity)]


def serve_and_watch(desk: Desk, *watched: tuple[Desk, str]) -> list[frozenset[tuple[str, str]]]:
    """Serve the queue to its end; return which runs were seen going on together."""
    seen = []
    with desk.start("run", "--queue") as process:
        while process.poll() is None:
            seen.append(
                frozenset(
                    (one.inventory, identity)
                    for one, identity in watched
                    if "running" in statuses(one, identity)
                )
            )
            time.sleep(0.02)
        assert process.communicate() == ("", "")
    return seen


def order_of_start(desk: Desk, *identities: str) -> list[str]:
    """Return the IDs in the order in which their processes were started."""
    began = {}
    for identity in identities:
        (run,) = runs.read(desk.layout, identity)
        assert run.process is not None
        began[identity] = (run.process.start, run.process.pid)
    return sorted(began, key=lambda identity: began[identity])


def stored(desk: Desk, server: str) -> list[str]:
    """Return all that lies in the folder of a server's disk, hidden files too."""
    folder = desk.nas / server / "disk2"
    return sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []
