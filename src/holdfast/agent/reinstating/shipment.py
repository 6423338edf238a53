"""What one restore sends out of one backup: proven by a first reading, sent by a second.

The last block of each file is given only when all of it was proven once more: what ends before
that is refused whole by the device.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Iterator, Mapping

from holdfast.agent.acts import rebuilding, shelf
from holdfast.agent.backups.appliance import CERTIFICATES, Appliance
from holdfast.agent.blocks import mark_last
from holdfast.agent.failure import Failed

if TYPE_CHECKING:
    from holdfast.agent.acts.shelf import Found
    from holdfast.agent.backups.appliance import Part
    from holdfast.agent.loadmaster.parts import Parts
    from holdfast.agent.reinstating.order import Keys


class Shipment:
    """The archive and the certificates of a backup; `size` is known once it was proven."""

    def __init__(self, found: Found, keys: Keys) -> None:
        subject = found.manifest.subject
        if not isinstance(subject, Appliance):
            raise Failed("%s is the backup of a disk, not of a LoadMaster" % found.name)
        self.made_of = subject
        self.size = 0
        self._found = found
        self._keys = _by_file(found, subject, keys)
        self._archive = rebuilding.rebuilt(found, self._keys)

    def prove(self, parts: Parts) -> None:
        """Read what will be sent; raise Failed where any of it is not what it was."""
        certificates = self.certificates() if parts.certificates else ()
        try:
            for _ in certificates:
                pass
            if parts.mask:
                self.size = self._archive.prove()
        except Failed as error:
            raise Failed(
                "%s cannot be read: %s; nothing was changed (`backup verify` tells whether it "
                "is lost)" % (self._found.name, error)
            ) from error

    def archive(self) -> Iterator[bytes]:
        """Yield the configuration as the device takes it."""
        return _held_back(self._archive.archive())

    def certificates(self) -> Iterator[bytes]:
        """Yield the certificates, as the device encrypted them."""
        part = self.part
        return _held_back(rebuilding.blocks(self._found, part.file, part.stored, self._keys))

    @property
    def part(self) -> Part:
        """The certificates' file; raise Failed where there is none."""
        found = _certificates(self.made_of)
        if found is None:
            raise Failed(
                "%s holds no certificates: `certificates` of the LoadMaster has them backed up, too"
                % self._found.name
            )
        return found


def _certificates(made_of: Appliance) -> Part | None:
    return next((part for part in made_of.parts if part.name == CERTIFICATES), None)


def _by_file(found: Found, made_of: Appliance, keys: Keys) -> Mapping[str, bytes]:
    """Return the keys by the names of the files that they open."""
    base, part = shelf.base_of(found), _certificates(made_of)
    known = {
        found.manifest.file: keys.own,
        base.manifest.file if base else "": keys.base,
        part.file if part else "": keys.certificates,
    }
    return {file: key for file, key in known.items() if file and key is not None}


def _held_back(blocks: Iterator[bytes]) -> Iterator[bytes]:
    for block, _ in mark_last(blocks):
        yield block
