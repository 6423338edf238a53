"""Lets what a node recorded of a definition follow it to its new id. Must not: touch a backup."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, AbstractSet

from holdfast.agent import atomic
from holdfast.agent.setup import adopt

if TYPE_CHECKING:
    from holdfast.agent.layout import Layout


def follow(
    layout: Layout, written: dict[str, dict[str, object]], remaining: AbstractSet[str]
) -> None:
    """Move runs and records from each former id that is nobody's any more.

    Done again, it goes on where a killed one stopped.
    """
    for identity, attributes in written.items():
        former = attributes.get("was")
        for earlier in former if isinstance(former, list) else ():
            if earlier != identity and earlier not in remaining and earlier not in written:
                _move(layout, str(earlier), identity)


def _move(layout: Layout, before: str, after: str) -> None:
    runs = os.path.join(layout.runs, before)
    if os.path.isdir(runs):
        adopt.refuse_while_running(layout, before)
        target = os.path.join(layout.runs, after)
        os.makedirs(target, mode=0o750, exist_ok=True)
        for name in os.listdir(runs):
            os.rename(os.path.join(runs, name), os.path.join(target, name))
        os.rmdir(runs)
        atomic.sync_folder(target)
        atomic.sync_folder(layout.runs)
    sequences = os.path.join(layout.var, "sequences")
    for folder, suffix in (
        (layout.served, ".json"),
        (sequences, ".json"),
        (layout.definitions, ".approved.json"),
    ):
        record = os.path.join(folder, before + suffix)
        if os.path.exists(record):
            os.rename(record, os.path.join(folder, after + suffix))
            atomic.sync_folder(folder)
