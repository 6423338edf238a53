"""A dataset of this very node whose snapshots are sent, as a run sees it."""

from __future__ import annotations

import contextlib
from functools import cached_property, partial
from typing import TYPE_CHECKING, Iterable, Iterator

from holdfast.agent.blocks import mark_last
from holdfast.agent.failure import Failed
from holdfast.agent.freeze.around import around
from holdfast.agent.sources.here import explained
from holdfast.agent.sources.seam import Taken
from holdfast.agent.sources.zfs import Zfs
from holdfast.agent.transforms import chain
from holdfast.agent.transforms.available import Available
from holdfast.agent.zfs import diskmark, features, resumetoken, stream, streamsize

if TYPE_CHECKING:
    from holdfast.agent.layout import Layout
    from holdfast.agent.sources.seam import Reading
    from holdfast.agent.transforms.chain import Flow
    from holdfast.agent.transforms.recipe import Recipe
    from holdfast.agent.zfs.snapshots import Snapshot
    from holdfast.agent.zfs.stream import Sending


@contextlib.contextmanager
def origin(
    layout: Layout, reading: Reading, owners: tuple[str, ...], keepers: tuple[str, ...]
) -> Iterator[Origin]:
    """Give the dataset that snapshots are sent from; `keepers` is who holds a base there."""
    with contextlib.closing(Zfs(reading.source, owners, keepers)) as dataset:
        yield Origin(layout, reading, dataset)


class Origin:
    """A dataset of this node that backups of type dataset are sent from."""

    def __init__(self, layout: Layout, reading: Reading, dataset: Zfs) -> None:
        self.guid = dataset.guid
        self.raw = dataset.is_encrypted
        self.resumes = features.here().resume
        self.estimates = features.here().estimates
        self.settled = dataset.settled
        self.snapshots = dataset.snapshots
        self.kept = dataset.kept
        self.release_all_but = dataset.release_all_but
        self._mode = stream.RAW if self.raw else stream.PLAIN
        self._dataset = dataset
        self._layout = layout
        self._reading = reading

    @cached_property
    def disk(self) -> str:
        """The GUID of the disk that a restore put into this dataset, nothing if none did."""
        return diskmark.of(self._dataset.dataset, self.guid)

    def estimate(self, snapshot: Snapshot, base: Snapshot | None) -> int:
        """Return about how many bytes a stream will have, 0 where it cannot be told."""
        return streamsize.about(snapshot, base, self._mode)

    def take(self, name: str) -> Taken:
        """Return a new snapshot, which is held before its stream has come to its end."""
        with around(self._layout, self._reading) as freeze:
            self._dataset.make(name)
        return Taken(self._dataset.made(name), freeze)

    def sending(
        self, snapshot: Snapshot, base: Snapshot | None, recipe: Recipe
    ) -> contextlib.AbstractContextManager[Flow]:
        """Give a snapshot's stream."""
        return self._outgoing(stream.sending(snapshot, base, self._mode), recipe)

    def resuming(self, token: str, recipe: Recipe) -> contextlib.AbstractContextManager[Flow]:
        """Give the rest of a stream that broke off, if it is of a snapshot kept here."""
        told = resumetoken.parse(token)
        kept = {snapshot.guid: snapshot for snapshot in self.kept()}
        place = self._dataset.dataset
        # Whoever made it up may not get by it what is not sent otherwise.
        if told.guid not in kept or (told.dataset, told.raw) != (place, self.raw):
            raise Failed("nothing goes on by a token of %s@%s" % (told.dataset, told.snapshot))
        self._dataset.hold(kept[told.guid])
        return self._outgoing(stream.resuming(token), recipe)

    @contextlib.contextmanager
    def _outgoing(
        self, sending: contextlib.AbstractContextManager[Sending], recipe: Recipe
    ) -> Iterator[Flow]:
        with sending as sent:
            blocks, stop = self._ending(sent.blocks()), partial(self._interrupt, sent)
            with explained(), chain.outgoing(blocks, recipe, Available(), stop) as flow:
                yield flow

    def _interrupt(self, sent: Sending) -> None:
        sent.interrupt()
        self._dataset.interrupt()

    def _ending(self, blocks: Iterable[bytes]) -> Iterator[bytes]:
        """Yield the blocks, the last one once the snapshot is held: what is whole must stay."""
        for block, is_last in mark_last(blocks):
            if is_last:
                self._dataset.held()
            yield block
