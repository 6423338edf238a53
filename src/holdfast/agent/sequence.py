"""Sequence numbers of a definition's backups: never from a clock, never used twice."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Iterable

from holdfast.agent import atomic, canonical, fields
from holdfast.agent.failure import Malformed

if TYPE_CHECKING:
    from holdfast.agent.layout import Layout
    from holdfast.agent.listing import Backup


def next_number(layout: Layout, identity: str, own: Iterable[Backup]) -> int:
    """Return the number after all given out, and record it as given out.

    The record outlives a deletion of the newest backup; the manifests outlive the record.
    """
    path = os.path.join(layout.var, "sequences", identity + ".json")
    highest = max((b.manifest.sequence for b in own if b.manifest is not None), default=0)
    number = 1 + max(highest, _recorded(path))
    atomic.write(path, canonical.dumps({"last": number}) + "\n")
    return number


def _recorded(path: str) -> int:
    try:
        given = fields.load(path, "the record of sequence numbers")
        return 0 if given is None else given.whole("last")
    except Malformed:
        return 0  # as if lost: the manifests suffice
