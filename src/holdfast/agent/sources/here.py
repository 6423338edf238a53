"""Disks of this very node, as a run sees them."""

from __future__ import annotations

import contextlib
from functools import partial
from typing import TYPE_CHECKING, Callable, Iterable, Iterator, Protocol

from holdfast.agent.age.errors import AgeError
from holdfast.agent.backups import marker
from holdfast.agent.blocks import mark_last
from holdfast.agent.failure import Failed
from holdfast.agent.freeze.around import FROZEN, around
from holdfast.agent.sources.seam import SNAPSHOT, Taken
from holdfast.agent.transforms import chain
from holdfast.agent.transforms.available import Available
from holdfast.agent.transforms.program import ProgramError

if TYPE_CHECKING:
    from holdfast.agent.freeze.around import Freeze
    from holdfast.agent.layout import Layout
    from holdfast.agent.sources.seam import Reading, Tell
    from holdfast.agent.sources.zfs import Zfs
    from holdfast.agent.transforms.chain import Flow
    from holdfast.agent.transforms.recipe import Recipe
    from holdfast.agent.zfs.snapshots import Snapshot
    from holdfast.agent.zfs.stream import Sending


class Source(Protocol):
    """A disk opened for one reading, from a moment that `consistency` speaks of; `close` it."""

    path: str
    suffix: str
    guid: str | None
    size: int
    consistency: str
    doubt: str

    def blocks(self) -> Iterator[bytes]:
        """Yield the whole content; raise Failed unless all of it came."""

    def close(self) -> None:
        """Let go of what was opened."""


class Opened:
    """An opened source of this node; what is known only after its reading is asked of it then."""

    def __init__(self, source: Source, freeze: Freeze) -> None:
        self.suffix = source.suffix
        self.guid = source.guid
        self.size = source.size
        self.freeze = freeze
        self._source = source

    @property
    def consistency(self) -> str:
        """How far the bytes are those of one moment."""
        return self._source.consistency

    @property
    def doubt(self) -> str:
        """Why they may not be."""
        return self._source.doubt

    @contextlib.contextmanager
    def flow(self, recipe: Recipe, tell: Tell) -> Iterator[Flow]:
        """Give the content as it is to be stored."""
        counted = _counted(self._source.blocks(), tell)
        with _explained(), chain.outgoing(counted, recipe, Available()) as flow:
            yield flow


class Origin:
    """A dataset of this node that backups of type dataset are sent from."""

    def __init__(self, layout: Layout, reading: Reading, dataset: Zfs) -> None:
        from holdfast.agent.zfs import features, stream  # noqa: PLC0415 - few nodes have ZFS

        self.guid = dataset.guid
        self.raw = dataset.is_encrypted
        self.resumes = features.here().resume
        self.estimates = features.here().estimates
        self._mode = stream.RAW if self.raw else stream.PLAIN
        self.settled = dataset.settled
        self._place = dataset.dataset
        self.snapshots = dataset.snapshots
        self.kept = dataset.kept
        self.release_all_but = dataset.release_all_but
        self._take = dataset.take
        self._held = dataset.held
        self._layout = layout
        self._reading = reading

    def estimate(self, snapshot: Snapshot, base: Snapshot | None) -> int:
        """Return about how many bytes a stream will have, 0 where it cannot be told."""
        from holdfast.agent.zfs import streamsize  # noqa: PLC0415 - few nodes have ZFS

        return streamsize.about(snapshot, base, self._mode)

    def take(self, name: str) -> Taken:
        """Return a new snapshot, which is held before its stream has come to its end."""
        with around(self._layout, self._reading) as freeze:
            snapshot = self._take(name)
        return Taken(snapshot, freeze)

    def sending(
        self, snapshot: Snapshot, base: Snapshot | None, recipe: Recipe
    ) -> contextlib.AbstractContextManager[Flow]:
        """Give a snapshot's stream."""
        from holdfast.agent.zfs import stream  # noqa: PLC0415 - few nodes have ZFS

        return _outgoing(stream.sending(snapshot, base, self._mode), recipe, self._held)

    def resuming(self, token: str, recipe: Recipe) -> contextlib.AbstractContextManager[Flow]:
        """Give the rest of a stream that broke off, if it is of a snapshot kept here."""
        from holdfast.agent.zfs import resumetoken, snapshots, stream  # noqa: PLC0415 - few nodes have ZFS

        told = resumetoken.parse(token)
        kept = {snapshot.guid: snapshot.path for snapshot in self.kept()}
        # Whoever made it up may not get by it what is not sent otherwise.
        if told.guid not in kept or (told.dataset, told.raw) != (self._place, self.raw):
            raise Failed("nothing goes on by a token of %s@%s" % (told.dataset, told.snapshot))
        hold = partial(snapshots.hold, kept[told.guid], snapshots.TAG)  # it may have none yet
        return _outgoing(stream.resuming(token), recipe, hold)


@contextlib.contextmanager
def _outgoing(
    sending: contextlib.AbstractContextManager[Sending], recipe: Recipe, then: Callable[[], None]
) -> Iterator[Flow]:
    with (
        _explained(),
        sending as sent,
        chain.outgoing(_ending(sent.blocks(), then), recipe, Available(), sent.interrupt) as flow,
    ):
        yield flow


def _ending(blocks: Iterable[bytes], then: Callable[[], None]) -> Iterator[bytes]:
    """Yield the blocks; the last one only when that is so without which it must not arrive."""
    for block, is_last in mark_last(blocks):
        if is_last:
            then()
        yield block


@contextlib.contextmanager
def opened(layout: Layout, reading: Reading) -> Iterator[Opened]:
    """Open a disk for one reading, its guest frozen for that moment as is asked for."""
    with around(layout, reading) as freeze:
        source = _find(layout, reading)
    try:
        # An image that nobody has open for writing is unchanged, not frozen.
        if freeze.word == FROZEN and source.consistency not in ("reflink", SNAPSHOT):
            freeze.fail("%s cannot be reflinked, so there is no one moment to read" % source.path)
        yield Opened(source, freeze)
    finally:
        source.close()


@contextlib.contextmanager
def origin(
    layout: Layout, reading: Reading, owners: tuple[str, ...], keepers: tuple[str, ...]
) -> Iterator[Origin]:
    """Give the dataset that snapshots are sent from; `keepers` is who holds a base there."""
    from holdfast.agent.sources.zfs import Zfs  # noqa: PLC0415 - few nodes have ZFS

    with contextlib.closing(Zfs(reading.source, owners, keepers)) as dataset:
        yield Origin(layout, reading, dataset)


def _find(layout: Layout, reading: Reading) -> Source:
    source = reading.source
    if source.kind == "image":
        from holdfast.agent.sources.image import Image  # noqa: PLC0415 - one source a run

        path = layout.under(source.place)
        storage = marker.above(path, layout.root)
        if storage:
            raise Failed("image %s lies in the storage at %s: keep them apart" % (path, storage))
        return Image(path, reading.consistency)
    raise Failed("this agent cannot back up a source of kind %s" % source.kind)


@contextlib.contextmanager
def _explained() -> Iterator[None]:
    try:
        yield
    except (AgeError, ProgramError) as error:
        raise Failed(str(error)) from error


def _counted(blocks: Iterable[bytes], tell: Tell) -> Iterator[bytes]:
    done = 0
    for block in blocks:
        yield block
        done += len(block)
        tell(done)
