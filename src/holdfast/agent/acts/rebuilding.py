"""A LoadMaster's archive on the node that stores it: what a restore sends, a verification reads.

Must not: write anything; what is opened here is never on a disk in the clear.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Iterator, Mapping

from holdfast.agent.acts import shelf, stored
from holdfast.agent.archive.rebuilt import Rebuilt, Stages
from holdfast.agent.failure import Failed
from holdfast.agent.transforms import chain, gz
from holdfast.agent.transforms.available import Available
from holdfast.agent.transforms.recipe import Packing

if TYPE_CHECKING:
    from holdfast.agent.acts.shelf import Found
    from holdfast.agent.backups.total import Sum


def rebuilt(found: Found, keys: Mapping[str, bytes]) -> Rebuilt:
    """Return a backup's archive; `keys` opens its file, and its base's, by the files' names."""
    if fault := shelf.base_fault(found):
        raise Failed("%s cannot be had: %s" % (found.name, fault))
    base = shelf.base_of(found)
    stages = Stages(gz.expanding(Available()), gz.compressing(Available()))
    content = found.manifest.content
    if base is None:
        return Rebuilt(content, stages, lambda: _own(found, keys))
    return Rebuilt(content, stages, lambda: _own(base, keys), lambda: _own(found, keys))


def _own(found: Found, keys: Mapping[str, bytes]) -> Iterator[bytes]:
    return blocks(found, found.manifest.file, found.manifest.stored, keys)


def blocks(found: Found, file: str, total: Sum, keys: Mapping[str, bytes]) -> Iterator[bytes]:
    """Yield what a file of a backup holds; raise Failed where it is not as it was stored."""
    path = os.path.join(found.folder, file)
    with stored.opened(path, total.size) as descriptor:
        raw = stored.blocks(descriptor, path, 0, total.size)
        with chain.incoming(raw, Packing.of(file), keys.get(file), Available()) as flow:
            yield from flow.blocks
    stored.refuse(flow.stored, total, "the stored bytes")
