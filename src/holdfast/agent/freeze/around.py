"""A freeze around a snapshot, as a definition asks for it, and how it went."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Iterator

from holdfast.agent.failure import Failed

if TYPE_CHECKING:
    from holdfast.agent.layout import Layout
    from holdfast.agent.sources.seam import Reading

OFF, FROZEN, FAILED = "off", "frozen", "failed"
_REQUIRED = "required"


class Freeze:
    """How the freeze went: `word` goes into the manifest, `note` says why it is `failed`."""

    def __init__(self, asked: str) -> None:
        self.word = OFF
        self.note = ""
        self._asked = asked

    def fail(self, reason: str) -> None:
        """Put down that the guest was not frozen; raise Failed where it had to be."""
        if self._asked == _REQUIRED:
            raise Failed("freeze is required, but the guest was not frozen: " + reason)
        self.word, self.note = FAILED, "the guest was not frozen: " + reason


@contextlib.contextmanager
def around(layout: Layout, reading: Reading) -> Iterator[Freeze]:
    """Freeze the guest for what is done inside; raise Failed where it must be and cannot be.

    What is done inside must be done in an instant. A guest that cannot be thawed is a failure.
    """
    freeze = Freeze(reading.freeze)
    if reading.freeze == OFF:
        yield freeze
    elif reading.guest_agent is None:
        freeze.fail("its server has no guest agent in the inventory")
        yield freeze
    else:
        from holdfast.agent.freeze import guarded  # noqa: PLC0415 - most backups freeze nothing

        with guarded.frozen(layout, reading.guest_agent, freeze):
            yield freeze
