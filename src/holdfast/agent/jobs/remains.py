"""What came without a manifest: adopted where the source still holds it; a killed run's is removed.

Must not: touch what bears no backup's name, or destroy what no run of here was sending when it
ended early: a chain whose manifests were lost looks the same.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, AbstractSet, Callable, Iterator

from holdfast.agent.backups import manifest
from holdfast.agent.failure import Failed
from holdfast.agent.jobs import outlived, underway
from holdfast.agent.stores.chain import Chain
from holdfast.agent.zfs import kept

if TYPE_CHECKING:
    from holdfast.agent.definition import Definition
    from holdfast.agent.layout import Layout
    from holdfast.agent.sources.seam import Origin
    from holdfast.agent.stores.dataset import Dataset
    from holdfast.agent.zfs.snapshots import Snapshot

Adopting = Callable[["Snapshot", "Snapshot"], None]  # as the source holds it, as it was received


def settle(
    store: Dataset,
    source: Origin,
    definition: Definition,
    sending: AbstractSet[str],
    adopting: Adopting,
) -> str:
    """Settle what killed runs left; return in words what stays, for a person to see to.

    `sending` are the names of what they were sending.
    """
    adopted: set[str] = set()
    staying: list[Snapshot] = []
    for snapshot in reversed(store.unlisted()):
        if not store.chain.is_current(snapshot.dataset):
            continue
        stem = _stem(snapshot)
        held = [each for each in source.kept() if each.guid == snapshot.guid]
        ours = stem == definition.name and not definition.source.recursive
        if snapshot.dataset in adopted:
            staying.append(snapshot)  # what lies beneath a backup is not what a killed run left
        elif held and ours:
            adopting(held[0], snapshot)
            adopted.add(snapshot.dataset)
        elif store.describes(snapshot.name):
            continue
        elif snapshot.name in sending:
            _destroy(store.chain, snapshot)
        else:
            staying.append(snapshot)
    return _told(store, staying)


def cleared(layout: Layout, store: Dataset) -> Iterator[str]:
    """Destroy what killed runs were sending into chains of former names, where none goes on.

    Yields in words what hinders that; it hinders no run.
    """
    for chain in store.former_chains():
        sending = outlived.left(layout, chain)
        if sending and chain.dataset not in _used(layout):
            listed = {each.name.rpartition("/")[2] for each in store.backups()}
            try:
                _clear(chain, sending - listed)
                underway.end(layout, chain.dataset)
            except Failed as failure:
                yield str(failure)


def _used(layout: Layout) -> set[str]:
    """Return the chains that definitions of today go on with, as of a new server of that name."""
    from holdfast.agent.backups import stock  # noqa: PLC0415 - few disks were renamed
    from holdfast.agent.setup.survey import Survey  # noqa: PLC0415 - the same

    wanted, _ = stock.promised(Survey(layout))
    return {Chain(each.place, each.folder).dataset for each in wanted}


def _clear(chain: Chain, unfinished: AbstractSet[str]) -> None:
    parts = chain.parts()
    if parts is not None and parts.token.snapshot in unfinished:
        chain.abandon(parts)
    for snapshot in reversed(chain.snapshots()):
        left = snapshot.name in unfinished and not snapshot.manifest
        if left and chain.is_current(snapshot.dataset):
            _destroy(chain, snapshot)


def _destroy(chain: Chain, snapshot: Snapshot) -> None:
    try:
        chain.destroy(snapshot)
    except Failed as failure:  # of a clone ZFS itself says to force all away
        why = kept.why(snapshot.path) or failure
        raise Failed("a killed run left %s, which cannot go: %s" % (snapshot.path, why)) from None


def _stem(snapshot: Snapshot) -> str:
    stem, _, _ = snapshot.name.rpartition("-")
    if not manifest.is_backup(snapshot.name, stem):
        raise Failed(
            "%s was modified: snapshot @%s is none of its backups; remove it"
            % (snapshot.dataset, snapshot.name)
        )
    return stem


def _told(store: Dataset, staying: list[Snapshot]) -> str:
    """Tell of what stays; raise Failed where a new stream would have to come."""
    if not staying:
        return ""
    names = ", ".join(each.path for each in reversed(staying))
    said = (
        "no manifest tells what %s is, and no run of this node left it so; it stays: "
        "put its manifest back, or remove it by hand" % names
    )
    if any(each.dataset.startswith(store.chain.incoming) for each in staying):
        raise Failed(said)
    return said
