"""Disks of this very node, as a run sees them."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Iterable, Iterator, Protocol

from holdfast.agent.age.errors import AgeError
from holdfast.agent.backups import marker
from holdfast.agent.failure import Failed
from holdfast.agent.freeze.around import FROZEN, around
from holdfast.agent.jobs import claims
from holdfast.agent.sources.seam import SNAPSHOT
from holdfast.agent.transforms import chain
from holdfast.agent.transforms.available import Available
from holdfast.agent.transforms.program import ProgramError

if TYPE_CHECKING:
    from holdfast.agent.freeze.around import Freeze
    from holdfast.agent.layout import Layout
    from holdfast.agent.sources.seam import Reading, Tell
    from holdfast.agent.transforms.chain import Flow
    from holdfast.agent.transforms.recipe import Recipe


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
        with explained(), chain.outgoing(counted, recipe, Available()) as flow:
            yield flow


@contextlib.contextmanager
def opened(layout: Layout, reading: Reading) -> Iterator[Opened]:
    """Open an image for one reading, its guest frozen for that moment as is asked for.

    Whoever calls this holds the image's lock.
    """
    from holdfast.agent.sources import beneath  # noqa: PLC0415 - one source a run
    from holdfast.agent.sources.image import Image  # noqa: PLC0415 - one source a run
    from holdfast.agent.sources.moment import Moment  # noqa: PLC0415 - one source a run

    path, lock = _image(layout, reading)
    with beneath.ready(layout, lock, path) as ground:
        with around(layout, reading) as freeze:
            moment = Moment(path, ground)
        with contextlib.closing(Image(moment, reading.consistency)) as image:
            # An image that nobody has open for writing is unchanged, not frozen.
            if freeze.word == FROZEN and image.consistency not in ("reflink", SNAPSHOT):
                why = "%s cannot be reflinked, so there is no one moment to read" % path
                freeze.fail("; ".join(filter(None, (why, moment.lacking))))
            yield Opened(image, freeze)


def _image(layout: Layout, reading: Reading) -> tuple[str, str]:
    """Return the path of an image and its lock; raise Failed for what is backed up otherwise."""
    source = reading.source
    if source.kind != "image":
        raise Failed("this agent cannot back up a source of kind %s" % source.kind)
    path = layout.under(source.place)
    storage = marker.above(path, layout.root)
    if storage:
        raise Failed("image %s lies in the storage at %s: keep them apart" % (path, storage))
    return path, claims.source(layout, source.kind, source.place)


@contextlib.contextmanager
def explained() -> Iterator[None]:
    """Raise what a transform fails with as Failed."""
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
