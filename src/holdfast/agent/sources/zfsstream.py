"""Source `zfs` for backups that are files: the stream of a snapshot taken for one run."""

from __future__ import annotations

import contextlib
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Iterator

from holdfast.agent.sources.seam import SNAPSHOT
from holdfast.agent.sources.zfs import Zfs
from holdfast.agent.zfs import datasets, stream

if TYPE_CHECKING:
    from holdfast.agent.sources.seam import Reading


class ZfsStream:
    """A dataset's content at one moment, as `zfs receive` reads it; `close` it."""

    def __init__(self, reading: Reading, owners: tuple[str, ...]) -> None:
        self.suffix = ".zfs"
        self.consistency = SNAPSHOT
        self.doubt = ""
        self._open = contextlib.ExitStack()
        self._dataset = Zfs(reading.source.place, owners, reading.id)
        self._dataset.release_all_but()  # of a run that was killed
        self.path = reading.source.place
        self.guid = self._dataset.guid
        name = "%s-%s" % (reading.name, datetime.now(timezone.utc).strftime("%Y%m%d_%H%M%S_%f"))
        self._taken = self._dataset.take(name)
        told = datasets.properties(self._taken.path, "referenced") or {}
        self.size = int(told.get("referenced", "0"))

    def blocks(self) -> Iterator[bytes]:
        """Yield the whole stream; raise Failed unless it came to its end."""
        yield from self._open.enter_context(stream.sending(self._taken, None)).blocks()

    def close(self) -> None:
        """End the stream where it was broken off, and let go of the snapshot."""
        self._open.close()
        self._dataset.release_all_but()
