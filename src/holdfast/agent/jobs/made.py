"""What came of a run that made a backup."""

from __future__ import annotations

from typing import NamedTuple


class Made(NamedTuple):
    """A backup that is there; `doubts` make its run a warning, `findings` are worth a word."""

    backup: str
    bytes: int
    doubts: tuple[str, ...]
    findings: tuple[str, ...]
