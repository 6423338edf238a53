"""Capture: what an appliance gives, written to the files of a draft. Nothing counts before its end.

A base passes as it was pulled, so that any `age` program gives back what the device restores; an
incremental is our own format.
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Callable, Iterable, Iterator, NamedTuple

from holdfast.agent.archive.compared import Digests
from holdfast.agent.archive.incremental import Encoder
from holdfast.agent.archive.reading import Reading
from holdfast.agent.archive.tarheader import BrokenError
from holdfast.agent.backups.appliance import CERTIFICATES, PARAMETERS, Appliance, Archive, Part
from holdfast.agent.jobs import describe
from holdfast.agent.loadmaster.errors import BadAnswer, DeviceError
from holdfast.agent.transforms import chain, gz
from holdfast.agent.transforms.available import Available
from holdfast.agent.transforms.expand import CorruptError
from holdfast.agent.transforms.recipe import Recipe

if TYPE_CHECKING:
    from holdfast.agent.backups.manifest import Manifest
    from holdfast.agent.backups.total import Sum
    from holdfast.agent.definition import Definition
    from holdfast.agent.sources.loadmaster import LoadMaster
    from holdfast.agent.stores.directory import Directory
    from holdfast.agent.stores.draft import Draft
    from holdfast.agent.transforms.chain import Flow, Interrupt

    Tell = Callable[[int], None]

WHOLE, INCREMENTAL = ".lm", ".lmi"
_SUFFIXES = {PARAMETERS: ".parameters.json", CERTIFICATES: ".certificates"}


class Against(NamedTuple):
    """What an archive is compared with, and the key for that; no base: it is to be one.

    No key: it is no base of anything either.
    """

    base: Manifest | None
    key: bytes | None

    @property
    def compression(self) -> str:
        """How it is compressed: what is pulled is so already."""
        return "off" if self.base is None else "gzip"

    @property
    def suffix(self) -> str:
        """What its file is called by."""
        return WHOLE if self.base is None else INCREMENTAL


class Captured(NamedTuple):
    """An archive that has come whole."""

    archive: Archive
    content: Sum
    stored: Sum


class Capture:
    """Writes for one definition into one store."""

    def __init__(self, definition: Definition, store: Directory) -> None:
        self._definition = definition
        self._store = store

    def recipe(self, compression: str = "off") -> Recipe:
        """Return what is done to the bytes of a file."""
        return Recipe(compression, self._definition.encrypt_to, self._definition.bandwidth_limit)

    def archive(self, draft: Draft, device: LoadMaster, against: Against, tell: Tell) -> Captured:
        """Write the configuration, read to its end on the way."""
        reading = Reading(gz.expanding(Available()))
        digests = None if against.key is None else Digests(against.key)
        recipe = self.recipe(against.compression)
        with _named(device), device.archive() as pulled:
            encoder = None
            if against.base is not None and against.key is not None:
                encoder = _encoder(against.base, against.key)
                blocks = encoder.over(reading.pieces(pulled))
            else:
                blocks = reading.passing(pulled, digests)
            watched = _told(blocks, reading, tell)
            flow = self._write(draft, draft.file, watched, recipe, device.hang_up)
        known = Archive(
            reading.members,
            describe.sum_of(reading.pulled),
            tuple(reading.volatile),
            None if encoder is None else encoder.changed,
            "" if digests is None else digests.to_text(),
        )
        return Captured(known, describe.sum_of(reading.content), describe.sum_of(flow.stored))

    def parameters(self, draft: Draft, device: LoadMaster) -> Part:
        """Write all parameters, masked as the device masks them."""
        return self._part(draft, PARAMETERS, [device.parameters()])

    def certificates(self, draft: Draft, device: LoadMaster) -> Part:
        """Write the certificates; where the device does not give them nothing of that stays."""
        try:
            with device.certificates() as blocks:
                return self._part(draft, CERTIFICATES, blocks, device.hang_up)
        except DeviceError:
            self._store.drop(draft, self._file(draft, CERTIFICATES))
            raise

    def _part(
        self, draft: Draft, name: str, blocks: Iterable[bytes], interrupt: Interrupt = None
    ) -> Part:
        file = self._file(draft, name)
        self._store.add(draft, file)
        flow = self._write(draft, file, blocks, self.recipe(), interrupt)
        return Part(name, file, describe.sum_of(flow.content), describe.sum_of(flow.stored))

    def _file(self, draft: Draft, name: str) -> str:
        return draft.backup + _SUFFIXES[name] + self.recipe().packing.suffix

    def _write(
        self,
        draft: Draft,
        file: str,
        blocks: Iterable[bytes],
        recipe: Recipe,
        interrupt: Interrupt = None,
    ) -> Flow:
        """Write one file; `interrupt` makes a read of the blocks that hangs return."""
        with chain.outgoing(blocks, recipe, Available(), interrupt) as flow:
            self._store.write(draft, flow.blocks, file)
        return flow


@contextlib.contextmanager
def _named(device: LoadMaster) -> Iterator[None]:
    """Say whose archive it is that is not whole."""
    try:
        yield
    except (BrokenError, CorruptError) as error:
        what = "sent a backup that is none: %s; nothing was stored" % error
        raise BadAnswer(device.name, what) from error


def _encoder(base: Manifest, key: bytes) -> Encoder:
    assert isinstance(base.subject, Appliance)  # noqa: S101 - whoever chose it has seen its machine
    known = Digests.from_text(key, base.subject.archive.digests)
    return Encoder(known, bytes.fromhex(base.content.sha256))


def _told(blocks: Iterable[bytes], reading: Reading, tell: Tell) -> Iterator[bytes]:
    for block in blocks:
        yield block
        tell(reading.pulled.size)
