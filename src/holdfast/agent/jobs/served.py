"""The last due instant that was served, one file a definition: what keeps a run from being lost.

An instant in the future, left by a clock that was wrong, would stop a schedule until then: it is
reset, and the note of it goes into the next run.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

from holdfast.agent import atomic, canonical, fields, timestamp
from holdfast.agent.failure import Malformed

if TYPE_CHECKING:
    from datetime import datetime

    from holdfast.agent.layout import Layout


class Served(NamedTuple):
    """The last served instant, None if none is known; `note` says why one was given up."""

    instant: datetime | None
    note: str = ""


def path(layout: Layout, identity: str) -> str:
    """Return where the record of a definition lies."""
    return os.path.join(layout.served, identity + ".json")


def load(layout: Layout, identity: str) -> Served:
    """Return what is recorded; a record that cannot be read is given up with a note."""
    try:
        given = fields.load(path(layout, identity), "the record of what was served")
        if given is None:
            return Served(None)
        instant = given.text_or_none("served")
        note = given.document.get("note", "")
        known = None if instant is None else timestamp.from_text(instant)
        return Served(known, note if isinstance(note, str) else "")
    except (Malformed, ValueError) as error:
        return Served(None, "%s; it begins anew" % error)


def record(layout: Layout, identity: str, served: Served) -> None:
    """Put a record down, durably."""
    atomic.write(path(layout, identity), text(served))


def text(served: Served) -> str:
    """Return a record as it is put down."""
    instant = None if served.instant is None else timestamp.to_text(served.instant)
    document: dict[str, object] = {"served": instant}
    if served.note:
        document["note"] = served.note
    return canonical.dumps(document) + "\n"
