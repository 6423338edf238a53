"""How far the run of a definition is, for whoever watches it: a file that need not last."""

from __future__ import annotations

import contextlib
import json
import os
import time
from typing import TYPE_CHECKING, Callable, Iterator

if TYPE_CHECKING:
    from holdfast.agent.layout import Layout
    from holdfast.agent.transforms.chain import Flow

EVERY = 0.5


def teller(layout: Layout, identity: str, run: str, total: int) -> Callable[[int], None]:
    """Return what is told how many bytes have passed, and puts it down now and then."""
    path, due = _path(layout, identity), 0.0

    def tell(done: int) -> None:
        nonlocal due
        if time.monotonic() >= due:
            due = time.monotonic() + EVERY
            # Nobody's backup fails because nobody could watch it.
            with contextlib.suppress(OSError):
                _write(path, {"run": run, "done": done, "total": total})

    return tell


def watched(flow: Flow, tell: Callable[[int], None]) -> Iterator[bytes]:
    """Yield what is to be stored, and tell how much of the content it stands for."""
    for block in flow.blocks:
        yield block
        tell(flow.content.size)


def read(layout: Layout, identity: str, run: str) -> tuple[int, int]:
    """Return the bytes done and their total; zeros where nothing is known of this run."""
    try:
        with open(_path(layout, identity), "rb") as file:
            document = json.loads(file.read())
    except (FileNotFoundError, ValueError):
        return 0, 0
    if not isinstance(document, dict) or document.get("run") != run:
        return 0, 0
    done, total = document.get("done"), document.get("total")
    return (done, total) if isinstance(done, int) and isinstance(total, int) else (0, 0)


def _path(layout: Layout, identity: str) -> str:
    # One a definition, for one run at a time works for it; the next one writes it anew.
    return os.path.join(layout.run, "progress-%s-%s.json" % (layout.inventory, identity))


def _write(path: str, document: dict[str, object]) -> None:
    with open(path + ".new", "w", encoding="ascii") as file:
        json.dump(document, file)
    os.rename(path + ".new", path)
