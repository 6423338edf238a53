"""What comes out of a backup, in the clear: its content, whose last block comes only when proven.

So what reads it, such as `zfs receive`, never sees the end of a stream that was altered.
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Iterable, Iterator, NamedTuple

from holdfast.agent import definition as definitions
from holdfast.agent import names
from holdfast.agent.acts import received, shelf, stored
from holdfast.agent.blocks import mark_last
from holdfast.agent.failure import Malformed
from holdfast.agent.transforms import chain
from holdfast.agent.transforms.available import Available
from holdfast.agent.transforms.bandwidth import Bandwidth
from holdfast.agent.transforms.recipe import Packing

if TYPE_CHECKING:
    from holdfast.agent.acts.shelf import Found
    from holdfast.agent.backups.manifest import Manifest
    from holdfast.agent.transforms.chain import Flow


class Part(NamedTuple):
    """One stored backup and the key that opens it; an incremental's base is a part before it.

    A recursive one has a part for each dataset, which goes to its path below the first.
    """

    found: Found
    key: bytes | None
    guid: str | None
    path: str = ""

    @property
    def size(self) -> int:
        """About how many bytes will come of it."""
        if self.found.parent:
            return received.size(self.found, self.guid)
        return self.found.manifest.content.size

    @property
    def most(self) -> int:
        """How many bytes will come of it at most."""
        if self.found.parent:
            return received.most(self.found, self.guid)
        return self.found.manifest.content.size

    @contextlib.contextmanager
    def content(self) -> Iterator[Iterable[bytes]]:
        """Give the content, read no faster than the backup's definition allows."""
        limit = _limit(self.found)
        with _opened(self, None if self.found.parent else limit) as blocks:
            yield Bandwidth(limit).over(blocks) if limit and self.found.parent else blocks

    @contextlib.contextmanager
    def wired(self) -> Iterator[Iterable[bytes]]:
        """Give the content for another node, which gets it no faster than that."""
        limit = _limit(self.found)
        with _opened(self, None) as blocks:
            yield Bandwidth(limit).over(blocks) if limit else blocks


def parts(found: Found, key: bytes | None, base_key: bytes | None, accept: object) -> list[Part]:
    """Return what must be read for a backup, in order; raise Failed where any of it cannot be."""
    needed = _needed(found, key, base_key)
    for part in needed:
        part.found.refuse_untrusted(accept)
        part.found.refuse_lost()
    return needed


def most(found: Found) -> int:
    """Return how many bytes come of a backup, and of its base where it needs one, at most."""
    return sum(part.most for part in _needed(found, None, None))


def _needed(found: Found, key: bytes | None, base_key: bytes | None) -> list[Part]:
    base = shelf.base_of(found)
    needed = [] if base is None else [Part(base, base_key, base.manifest.snapshot)]
    needed.append(Part(found, key, found.manifest.snapshot))
    return needed + [Part(found, key, each.snapshot, each.path) for each in found.manifest.children]


@contextlib.contextmanager
def _opened(part: Part, limit: int | None) -> Iterator[Iterable[bytes]]:
    """Give the content of one stored backup; `limit` is on what is stored."""
    found, manifest = part.found, part.found.manifest
    if found.parent:
        with received.stream_of(found, part.guid) as blocks:
            yield blocks
        return
    with stored.opened(found.file, manifest.stored.size) as descriptor:
        blocks = stored.blocks(descriptor, found.file, 0, manifest.stored.size)
        packing = Packing.of(manifest.file)
        with chain.incoming(blocks, packing, part.key, Available(), limit) as flow:
            yield _proven(flow, manifest)


def _proven(flow: Flow, manifest: Manifest) -> Iterator[bytes]:
    for block, is_last in mark_last(flow.blocks):
        if is_last:
            stored.refuse(flow.stored, manifest.stored, "the stored bytes")
            stored.refuse(flow.content, manifest.content, "the content")
        yield block


def _limit(found: Found) -> int | None:
    """Return the bandwidth limit of the definition that made it, where it is still known."""
    identity = found.manifest.definition
    if not names.is_id(identity):
        return None
    try:
        known = definitions.load(found.layout, identity)
    except Malformed:
        return None  # its damage is told by every plan, and no reason not to restore
    return None if known is None else known.bandwidth_limit
