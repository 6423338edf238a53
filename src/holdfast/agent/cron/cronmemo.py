"""Remembers which cron file is the right one for which definitions, so that a read need not render.

Rendering is pure: the same agent and the same entries give the same bytes for ever.
"""

from __future__ import annotations

import json
import os

from holdfast.agent import canonical, running

TYPE_CHECKING = False  # typing's own would cost each read its import
if TYPE_CHECKING:
    from holdfast.agent.layout import Layout


def knows(layout: Layout, spread: str, entries: object, content: bytes) -> bool:
    """Tell whether this content was rendered by this agent for these entries."""
    try:
        with open(_path(layout), "rb") as file:
            memo = json.loads(file.read())
    except (FileNotFoundError, ValueError):
        return False  # rendering tells
    return bool(memo == _memo(layout, spread, entries, content))


def note(layout: Layout, spread: str, entries: object, content: bytes) -> None:
    """Remember the content that was rendered for these entries."""
    from holdfast.agent import atomic  # noqa: PLC0415 - a read must not pay for it

    memo = canonical.dumps(_memo(layout, spread, entries, content))
    atomic.write(_path(layout), memo + "\n")


def _memo(layout: Layout, spread: str, entries: object, content: bytes) -> dict[str, object]:
    asked = [os.path.basename(running.archive() or ""), layout.inventory, spread, entries]
    return {"asked": canonical.digest(asked), "told": canonical.digest(content.decode("latin-1"))}


def _path(layout: Layout) -> str:
    return os.path.join(layout.applied, "cron.json")
