"""What lies below a dataset, listed once and told again until something of it is changed.

Where many backups lie, a listing costs more than all else.
"""

from __future__ import annotations

import contextlib
from typing import Iterator

from holdfast.agent.zfs.snapshots import Asked, Listing

_NOTHING = Listing(frozenset(), ())


class Listed:
    """The listing of one dataset, which need not be there."""

    def __init__(self, dataset: str) -> None:
        self._dataset = dataset
        self._asked: Asked | None = None
        self._known: Listing | None = None

    @contextlib.contextmanager
    def asked(self) -> Iterator[None]:
        """Have it listed from now on, so that the block waits less when it wants to know."""
        with Asked(self._dataset) as asked:
            self._asked = asked
            try:
                yield
            finally:
                self._asked = None

    def known(self) -> Listing:
        """Return what is there, as far as only we change it."""
        if self._known is None:
            started, self._asked = self._asked or Asked(self._dataset), None
            with started as asked:
                self._known = asked.listing() or _NOTHING
        return self._known

    @contextlib.contextmanager
    def changing(self) -> Iterator[None]:
        """Forget what is known: before, for a stream may take hours, and however it ends."""
        self._known = self._asked = None
        try:
            yield
        finally:
            self._known = None
