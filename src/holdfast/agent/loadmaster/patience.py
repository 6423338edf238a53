"""Patience: how long a device may take for what, in seconds."""

from __future__ import annotations

from typing import NamedTuple


class Patience(NamedTuple):
    """Times for a session. Making a backup takes a device long before its first byte."""

    turn: float = 600.0  # waiting for another caller of the device
    connect: float = 10.0
    silence: float = 60.0  # of a device that answers a small question
    total: float = 120.0
    file_silence: float = 500.0  # as the vendor's own PowerShell waits
    file_total: float = 3600.0
    pauses: tuple[float, ...] = (1.0, 3.0)  # before each new try of a safe read


class Limits(NamedTuple):
    """Times for one call."""

    connect: float
    silence: float
    total: float


def small(patience: Patience) -> Limits:
    """Return the times of a small question."""
    return Limits(patience.connect, patience.silence, patience.total)


def large(patience: Patience) -> Limits:
    """Return the times of a file."""
    return Limits(patience.connect, patience.file_silence, patience.file_total)
