"""Both ends of backups that are snapshots: what each chain ends with, what each source still has.

A plan tells from them whether the next backup is sent since the last one. What cannot be told is
left out, for it must not look as if it were gone. Must not: change anything.
"""

from __future__ import annotations

import os
from collections import defaultdict
from datetime import datetime, timezone
from typing import TYPE_CHECKING

from holdfast.agent import names, stores, timestamp
from holdfast.agent.backups import listing, stock
from holdfast.agent.failure import Failed
from holdfast.agent.setup import documents, loosen
from holdfast.agent.stores.chain import Chain
from holdfast.agent.stores.dataset import MANIFESTS
from holdfast.agent.zfs import mounts, snapshots

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from holdfast.agent.setup.survey import Survey
    from holdfast.agent.zfs.snapshots import Snapshot

_DEPTH = 3  # below a storage: a server, its disk, the snapshots of that


def told(survey: Survey, asked: Collection[str]) -> Iterator[dict[str, object]]:
    """Yield a line for each chain of the definitions asked about, and each dataset they read here.

    They may be definitions of this node or of peers.
    """
    yield from _chains(survey, asked)
    yield from _sources(survey, asked)


def _chains(survey: Survey, asked: Collection[str]) -> Iterator[dict[str, object]]:
    known = [each for each in stock.promised(survey)[0] if each.id in asked]
    wanted = [each for each in known if each.type == stores.DATASET]
    for place in sorted({each.place for each in wanted}):
        try:
            there = _by_dataset(snapshots.glimpse(place, _DEPTH))
        except Failed:
            continue
        for each in (each for each in wanted if each.place == place):
            chain = Chain(place, each.folder)
            ends = _ends(there.get(chain.dataset, []))
            newest = ends[0].name if ends else _described(place, each.folder)
            if newest:
                guids = [end.guid for end in (*ends, *there.get(chain.incoming, []))]
                told = {"definition": each.id, "newest": newest, "snapshots": guids}
                yield {"type": "chain", **told}


def _by_dataset(there: Iterable[Snapshot]) -> defaultdict[str, list[Snapshot]]:
    found: defaultdict[str, list[Snapshot]] = defaultdict(list)
    for each in there:
        found[each.dataset].append(each)
    return found


def _ends(chain: list[Snapshot]) -> list[Snapshot]:
    """Return what the next backup may be sent since, the newest first; nothing of no chain.

    What a killed run left without a manifest is adopted or destroyed by the next one, so what lies
    beneath it counts as well; so does what is yet to take the chain's place.
    """
    listed = [place for place, each in enumerate(chain) if each.manifest]
    return [*reversed(chain[listed[-1] if listed else 0 :])]


def _described(place: str, folder: str) -> str:
    """Return the name of the newest backup that there once was, nothing where none can be told."""
    mounted = mounts.of(place)
    if mounted is None:
        return ""
    top = os.path.join(mounted, MANIFESTS)
    try:
        there = listing.in_folder(top, os.path.join(top, folder))
    except (Failed, OSError):
        return ""
    found = [each.manifest for each in there if each.manifest is not None]
    return max(found, key=lambda each: each.created).backup if found else ""


def _sources(survey: Survey, asked: Collection[str]) -> Iterator[dict[str, object]]:
    promised = [survey.definitions]
    for peer in documents.read(survey.layout.peers, "peer", names.is_name)[0].values():
        granted = peer.get("definitions")
        promised += [granted] if isinstance(granted, dict) else []
    read = [each[identity] for each in promised for identity in each.keys() & asked]
    datasets = {source.place for source in loosen.sources(read)}
    if not datasets:
        return
    now = timestamp.to_text(datetime.now(timezone.utc))
    try:
        there = snapshots.guids(datasets)
    except Failed:
        return
    for dataset, guids in sorted(there.items()):
        yield {"type": "snapshots", "dataset": dataset, "read": now, "guids": guids}
