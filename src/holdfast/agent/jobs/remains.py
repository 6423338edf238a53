"""What a killed run had received: adopted where the source still holds it, destroyed elsewhere.

Must not: touch a snapshot that bears no backup's name, or destroy one that has a manifest, be it
one that cannot be read.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Callable

from holdfast.agent.backups import manifest
from holdfast.agent.failure import Failed

if TYPE_CHECKING:
    from holdfast.agent.definition import Definition
    from holdfast.agent.sources.seam import Origin
    from holdfast.agent.stores.dataset import Dataset
    from holdfast.agent.zfs.snapshots import Snapshot

Adopting = Callable[["Snapshot", "Snapshot"], None]  # as the source holds it, as it was received


def settle(store: Dataset, source: Origin, definition: Definition, adopting: Adopting) -> None:
    """Adopt what was received in full and has no manifest, destroy what was not."""
    for snapshot in reversed(store.unlisted()):
        if not store.chain.is_current(snapshot.dataset):
            continue
        stem, _, _ = snapshot.name.rpartition("-")
        if not manifest.is_backup(snapshot.name, stem):
            raise Failed(
                "%s was modified: snapshot @%s is none of its backups; remove it"
                % (snapshot.dataset, snapshot.name)
            )
        held = [each for each in source.kept() if each.guid == snapshot.guid]
        ours = stem == definition.name and not definition.source.recursive
        if held and ours:
            adopting(held[0], snapshot)
        elif not store.describes(snapshot.name):
            store.chain.destroy(snapshot)
