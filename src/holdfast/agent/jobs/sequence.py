"""Sequence numbers of a definition's backups: never from a clock, never used twice.

Beside the last number given out stands the last one that a rotation followed: a run that was killed
before its rotation leaves the next one two old backups to remove for two new ones.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Iterable, NamedTuple

from holdfast.agent import atomic, canonical, fields
from holdfast.agent.failure import Malformed

if TYPE_CHECKING:
    from holdfast.agent.backups.listing import Backup
    from holdfast.agent.layout import Layout


class _Record(NamedTuple):
    """The last number given out, and the last one that a rotation followed."""

    last: int
    rotated: int


def following(layout: Layout, identity: str, own: Iterable[Backup]) -> int:
    """Return the number after all others."""
    return 1 + max([_load(layout, identity).last, *_numbers(own)])


def take(layout: Layout, identity: str, own: Iterable[Backup]) -> int:
    """Give out the following number, and record it.

    The record outlives a deletion of the newest backup; the manifests outlive the record.
    """
    known = _load(layout, identity)
    last = following(layout, identity, own)
    # Without a record the new one's is the only rotation that is surely owed.
    _write(layout, identity, _Record(last, known.rotated if known.last else last - 1))
    return last


def unrotated(layout: Layout, identity: str, own: Iterable[Backup]) -> int:
    """Return how many backups are newer than the last rotation."""
    known = _load(layout, identity)
    return sum(number > known.rotated for number in _numbers(own))


def rotated(layout: Layout, identity: str, owed: int) -> None:
    """Record that a rotation has followed all numbers given out, but for so many old backups."""
    known = _load(layout, identity)
    _write(layout, identity, known._replace(rotated=known.last - owed))


def _numbers(own: Iterable[Backup]) -> list[int]:
    return [backup.manifest.sequence for backup in own if backup.manifest is not None]


def _path(layout: Layout, identity: str) -> str:
    return os.path.join(layout.var, "sequences", identity + ".json")


def _write(layout: Layout, identity: str, record: _Record) -> None:
    atomic.write(_path(layout, identity), canonical.dumps(record._asdict()) + "\n")


def _load(layout: Layout, identity: str) -> _Record:
    try:
        given = fields.load(_path(layout, identity), "the record of sequence numbers")
        return _Record(0, 0) if given is None else _Record(*map(given.whole, _Record._fields))
    except Malformed:
        return _Record(0, 0)  # as if lost: the manifests suffice
