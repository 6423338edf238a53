"""A LoadMaster's archive on the node that stores it: what a restore sends, a verification reads.

Must not: write anything; what is opened here is never on a disk in the clear.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Iterator, Mapping

from holdfast.agent.acts import shelf, stored
from holdfast.agent.acts.verify import refuse
from holdfast.agent.archive.rebuilt import Rebuilt, Stages
from holdfast.agent.failure import Failed
from holdfast.agent.transforms import chain, gz
from holdfast.agent.transforms.available import Available
from holdfast.agent.transforms.recipe import Packing

if TYPE_CHECKING:
    from holdfast.agent.acts.shelf import Found


def rebuilt(found: Found, keys: Mapping[str, bytes]) -> Rebuilt:
    """Return a backup's archive; `keys` opens its file, and its base's, by the files' names."""
    if fault := shelf.base_fault(found):
        raise Failed("%s cannot be had: %s" % (found.name, fault))
    base = shelf.base_of(found)
    stages = Stages(gz.expanding(Available()), gz.compressing(Available()))
    content = found.manifest.content
    if base is None:
        return Rebuilt(content, stages, lambda: _blocks(found, keys))
    return Rebuilt(content, stages, lambda: _blocks(base, keys), lambda: _blocks(found, keys))


def _blocks(found: Found, keys: Mapping[str, bytes]) -> Iterator[bytes]:
    """Yield what the backup's own file holds; raise Failed where it is not as it was stored."""
    file, total = found.manifest.file, found.manifest.stored
    path = os.path.join(found.folder, file)
    with stored.opened(path, total.size) as descriptor:
        blocks = stored.blocks(descriptor, path, 0, total.size)
        with chain.incoming(blocks, Packing.of(file), keys.get(file), Available()) as flow:
            yield from flow.blocks
    refuse(flow.stored, total, "the stored bytes")
