"""Removes what killed writes left; the caller holds the apply lock."""

from __future__ import annotations

import os
import shutil
import time
from typing import TYPE_CHECKING

from holdfast.agent import atomic

if TYPE_CHECKING:
    from holdfast.agent.layout import Layout

_HOUR = 3600.0


def sweep(layout: Layout) -> None:
    """Remove temporary files, of which one may hold a secret, and snapshots beneath images.

    In the folders that only applies write nobody else can be at work. Where runs write too, what
    has not become a file in an hour never will.
    """
    own = [layout.etc, layout.definitions, layout.loadmasters, layout.secrets, layout.storages]
    own += [layout.peers, layout.known, layout.signers, layout.applied]
    for folder in (*own, os.path.dirname(layout.cron_file)):
        _sweep(folder, time.time())
    for folder in (layout.var, layout.served, layout.underway, layout.beneath):
        _sweep(folder, time.time() - _HOUR)
    if os.path.isdir(layout.beneath):
        from holdfast.agent.sources import leftover  # noqa: PLC0415 - few images lie on ZFS

        leftover.clear(layout)


def _sweep(folder: str, until: float) -> None:
    if not os.path.isdir(folder):
        return
    for name in filter(atomic.is_temporary, os.listdir(folder)):
        path = os.path.join(folder, name)
        if os.path.lexists(path) and os.lstat(path).st_mtime <= until:
            if os.path.isdir(path) and not os.path.islink(path):
                shutil.rmtree(path)
            else:
                atomic.remove(path)
