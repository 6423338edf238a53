"""What is backed up and restored, one file a source."""

from __future__ import annotations

from typing import TYPE_CHECKING, Iterator, Protocol

from holdfast.agent.backups import marker
from holdfast.agent.failure import Failed

if TYPE_CHECKING:
    from holdfast.agent.definition import Definition
    from holdfast.agent.layout import Layout

SNAPSHOT = "snapshot"  # the consistency of what the file system itself gave as of one moment


class Source(Protocol):
    """A disk opened for one reading, from a moment that `consistency` speaks of; `close` it."""

    path: str
    suffix: str  # of a file that holds these bytes
    guid: str | None
    size: int  # about how many bytes will come
    consistency: str
    doubt: str

    def blocks(self) -> Iterator[bytes]:
        """Yield the whole content; raise Failed unless all of it came."""

    def close(self) -> None:
        """Let go of what was opened."""


def find(layout: Layout, definition: Definition, owners: tuple[str, ...]) -> Source:
    """Return the source of a definition, opened; `owners` are the inventory's ids."""
    source = definition.source
    if source.kind == "image":
        from holdfast.agent.sources.image import Image  # noqa: PLC0415 - one source a run

        path = layout.under(source.place)
        storage = marker.above(path, layout.root)
        if storage:
            raise Failed("image %s lies in the storage at %s: keep them apart" % (path, storage))
        return Image(path, definition.consistency)
    if source.kind == "dataset":
        from holdfast.agent.sources.zfsstream import ZfsStream  # noqa: PLC0415 - one source a run

        return ZfsStream(definition, owners)
    raise Failed("this agent cannot back up a source of kind %s" % source.kind)
