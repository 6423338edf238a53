"""A LoadMaster's archive as a device takes it, out of what is stored: whole, or base and changes.

The tar is the one that was backed up, to the byte; the gzip around a rebuilt one is new, since
none can be made again to the byte.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Callable, Iterable, Iterator, NamedTuple

from holdfast.agent.archive.incremental import rebuild
from holdfast.agent.archive.tarheader import BrokenError
from holdfast.agent.transforms.digest import Digest

if TYPE_CHECKING:
    from holdfast.agent.backups.total import Sum
    from holdfast.agent.transforms.pipeline import Stage

    Blocks = Callable[[], Iterable[bytes]]


class Stages(NamedTuple):
    """gzip, as this side has it: both directions."""

    expanding: Stage
    compressing: Stage


class Rebuilt:
    """An archive that can be read as often as is needed; each reading is proven at its end.

    `whole` opens what a base or a full backup holds, `incremental` what differs from it. Whoever
    must not send what turns out wrong reads it twice: once for the proof, once to send.
    """

    def __init__(
        self, content: Sum, stages: Stages, whole: Blocks, incremental: Blocks | None = None
    ) -> None:
        """`content` is the digest of the tar, from the manifest."""
        self._content = content
        self._stages = stages
        self._whole = whole
        self._incremental = incremental

    def tar(self) -> Iterator[bytes]:
        """Yield the tar; raise Failed at its end unless it is the one that was backed up."""
        blocks: Iterable[bytes] = self._stages.expanding(self._whole())
        if self._incremental is not None:
            blocks = rebuild(blocks, self._incremental())
        digest = Digest()
        yield from digest.over(blocks)
        if digest.facts() != self._content._asdict():
            raise BrokenError("what is stored is not the archive that was backed up")

    def archive(self) -> Iterator[bytes]:
        """Yield it as a device takes it: gzip'ed, as it came where it was stored whole."""
        if self._incremental is None:
            yield from self._proven()
        else:
            yield from self._stages.compressing(self.tar())

    def prove(self) -> int:
        """Read all of it once and return how many bytes `archive` yields."""
        return sum(map(len, self.archive()))

    def _proven(self) -> Iterator[bytes]:
        """Yield the blocks as they are stored, while what is in them is read and compared."""
        passed: list[bytes] = []
        digest = Digest()
        for _ in digest.over(self._stages.expanding(_noting(self._whole(), passed))):
            yield from passed
            passed.clear()
        yield from passed
        if digest.facts() != self._content._asdict():
            raise BrokenError("what is stored is not the archive that was backed up")


def _noting(blocks: Iterable[bytes], passed: list[bytes]) -> Iterator[bytes]:
    for block in blocks:
        passed.append(block)
        yield block
