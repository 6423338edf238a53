"""Disks that a scripted `zfs` plays."""

from __future__ import annotations

from agent.zfs.played import origin, script

__all__ = ["origin", "script"]
