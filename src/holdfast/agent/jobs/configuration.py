"""One attempt at a LoadMaster's backup: its archive, whole or as what differs from a base.

The parameters, and the certificates where they are asked for, are files of their own beside it.
"""

from __future__ import annotations

import time
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Callable, Iterable, NamedTuple

from holdfast.agent.archive import compared
from holdfast.agent.backups import bases, belonging, signature
from holdfast.agent.backups.appliance import Appliance
from holdfast.agent.jobs import basekey, basing, describe, progress
from holdfast.agent.jobs.capture import Against, Capture
from holdfast.agent.jobs.made import Made
from holdfast.agent.loadmaster.errors import DeviceError
from holdfast.agent.loadmaster.patience import Patience
from holdfast.agent.sources import loadmaster

if TYPE_CHECKING:
    from holdfast.agent.backups.appliance import Archive, Part
    from holdfast.agent.backups.listing import Backup
    from holdfast.agent.backups.manifest import Manifest
    from holdfast.agent.definition import Definition
    from holdfast.agent.jobs.capture import Captured
    from holdfast.agent.layout import Layout
    from holdfast.agent.sources.loadmaster import LoadMaster
    from holdfast.agent.stores.directory import Directory
    from holdfast.agent.stores.draft import Draft


class _Chosen(NamedTuple):
    """What the archive is compared with, and why it is not, where that is worth a word."""

    against: Against
    reason: str = ""


class Configuration:
    """What one run does between an appliance and the files of its backup."""

    def __init__(
        self,
        layout: Layout,
        definition: Definition,
        store: Directory,
        owners: tuple[str, ...],
        patience: Patience = Patience(),  # noqa: B008 - it never changes
    ) -> None:
        self._patience = patience
        self._layout = layout
        self._definition = definition
        self._store = store
        self._owners = owners
        self._capture = Capture(definition, store)

    def make(self, run: str, finishing: Callable[[], None]) -> tuple[Made, datetime]:
        """Make the backup and return its moment, too."""
        begun = time.monotonic()
        place = self._definition.source.place
        with loadmaster.opened(self._layout, place, self._patience) as device:
            own = self._own(device.facts.serial)
            doubts = list(device.doubts(_certificate(own), datetime.now(timezone.utc)))
            against, reason = self._choose(own)
            packing = self._capture.recipe(against.compression).packing
            with self._store.draft(against.suffix + packing.suffix) as draft:
                tell = progress.teller(self._layout, self._definition.id, run, 0)
                captured = self._capture.archive(draft, device, against, tell)
                parts: list[Part] = []
                if device.has_parameters:
                    parts.append(self._capture.parameters(draft, device))
                doubts += self._certificates(draft, device, parts)
                made = self._manifest(draft, device, against, captured, run)
                made = _finished(made, parts, round(time.monotonic() - begun, 3))
                made, unsigned = signature.seal(self._layout, made)
                if made.base is None and against.key is not None:
                    basekey.keep(self._layout, made, against.key)
                finishing()
                self._store.commit(draft, made)
        if made.base is None and against.key is not None:
            basekey.forget_others(self._layout, made)
        doubts += filter(None, (unsigned,))
        findings = tuple(filter(None, (reason, _told(made))))
        return Made(made.backup, _size(made), tuple(doubts), findings), made.created

    def _own(self, serial: str) -> tuple[Backup, ...]:
        """Return this definition's backups of this very machine."""
        own = belonging.own(self._store.backups(), self._definition, self._owners)
        return tuple(each for each in own if each.manifest and each.manifest.machine == serial)

    def _choose(self, own: tuple[Backup, ...]) -> _Chosen:
        choice = basing.choose(self._layout, self._definition, own)
        if choice.base is not None and not _archive(choice.base).digests:
            choice = bases.anew(choice.base.backup, "has nothing to compare with")
        if choice.base is not None:
            key = basekey.load(self._layout, choice.base)
            if key is not None:
                return _Chosen(Against(choice.base, key))
            choice = bases.anew(choice.base.backup, "has no key on this node any more")
        key = compared.new_key() if self._definition.base_every > 1 else None
        return _Chosen(Against(None, key), choice.reason)

    def _certificates(self, draft: Draft, device: LoadMaster, parts: list[Part]) -> list[str]:
        """Add the certificates; return why they are missing: the configuration is good without."""
        if device.has_certificates:
            try:
                parts.append(self._capture.certificates(draft, device))
            except DeviceError as error:
                return ["its certificates were not backed up: %s" % error]
        return []

    def _manifest(
        self, draft: Draft, device: LoadMaster, against: Against, captured: Captured, run: str
    ) -> Manifest:
        subject = Appliance(
            self._definition.source.place,
            **device.facts._asdict(),
            certificate=device.certificate,
            archive=captured.archive,
        )
        own = belonging.own(self._store.backups(), self._definition, self._owners)
        return describe.begun(self._layout, self._definition, subject, own, run)._replace(
            backup=draft.backup,
            kind=bases.FULL if against.base is None else bases.INCREMENTAL,
            base=against.base and against.base.backup,
            file=draft.file,
            created=draft.created,
            content=captured.content,
            stored=captured.stored,
            encrypt_to=self._definition.encrypt_to,
        )


def _finished(made: Manifest, parts: Iterable[Part], duration: float) -> Manifest:
    assert isinstance(made.subject, Appliance)  # noqa: S101 - made here
    return made._replace(subject=made.subject._replace(parts=tuple(parts)), duration=duration)


def _certificate(own: Iterable[Backup]) -> str:
    """Return the certificate that the newest backup tells of."""
    told = [each.manifest for each in own if each.manifest is not None]
    newest = max(told, key=lambda manifest: manifest.sequence, default=None)
    if newest is None or not isinstance(newest.subject, Appliance):
        return ""
    return newest.subject.certificate


def _told(made: Manifest) -> str:
    """Return what there is to say of an incremental."""
    archive = _archive(made)
    if archive.changed is not False:
        return ""
    left_out = ", ".join(archive.volatile)
    but = "" if not left_out else " but for what differs each time (%s)" % left_out
    return "nothing changed since %s%s" % (made.base, but)


def _archive(made: Manifest) -> Archive:
    assert isinstance(made.subject, Appliance)  # noqa: S101 - whoever chose it has seen its machine
    return made.subject.archive


def _size(made: Manifest) -> int:
    return sum(stored.size for stored in made.files.values())
