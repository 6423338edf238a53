"""Which backups this node vouches for: whoever can write to a storage can put a manifest there.

One that was altered is lost. One that no key known here signed is shown, and never counts as good;
nor does what needs it as its base.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Iterable

from holdfast.agent.backups import bases, listing, signature
from holdfast.agent.transforms.available import Available

if TYPE_CHECKING:
    from holdfast.agent.backups.listing import Backup
    from holdfast.agent.layout import Layout


class Vouching:
    """What a node makes of backups that lie in one storage; each signature is read once."""

    def __init__(self, layout: Layout, backups: Iterable[Backup]) -> None:
        """`backups` are where the bases of incrementals are looked for."""
        self._keys = signature.trusted_keys(layout)
        # A node without a key signs nothing: its own backups could not be told from others.
        self._signs = os.path.lexists(layout.identity)
        self._available = Available()
        self._named = {backup.name: backup for backup in backups}
        self._alone: dict[str, Backup] = {}

    def of(self, backup: Backup) -> Backup:
        """Return a backup as its own manifest and that of its base prove it."""
        seen = self._of_itself(backup)
        if seen.manifest is None or seen.manifest.base is None or not seen.is_good:
            return seen
        base = self._named.get("%s/%s" % (seen.name.rpartition("/")[0], seen.manifest.base))
        if base is None:
            return seen  # whoever listed it has told that
        base = self._of_itself(base)
        if base.status == listing.LOST:
            fault = bases.fault(seen.manifest, base)
            return seen._replace(status=listing.LOST, fault=fault)
        if not base.vouched:
            fault = "its base %s is %s" % (seen.manifest.base, base.fault)
            return seen._replace(vouched=False, fault=seen.fault or fault)
        return seen

    def _of_itself(self, backup: Backup) -> Backup:
        if self._named.get(backup.name) is not backup:
            return self._checked(backup)  # two folders may give the same name
        if backup.name not in self._alone:
            self._alone[backup.name] = self._checked(backup)
        return self._alone[backup.name]

    def _checked(self, backup: Backup) -> Backup:
        if backup.manifest is None or not backup.is_good:
            return backup
        try:
            signature.check(backup.manifest.to_document(), self._keys, self._available)
        except signature.Altered as error:
            return backup._replace(status=listing.LOST, fault=str(error))
        except signature.Untrusted as error:
            counts = isinstance(error, signature.Unsigned) and not self._signs
            return backup._replace(vouched=counts, fault=backup.fault or str(error))
        return backup


def vouched(layout: Layout, backups: Iterable[Backup]) -> tuple[Backup, ...]:
    """Return all backups as this node vouches for them."""
    known = tuple(backups)
    vouching = Vouching(layout, known)
    return tuple(map(vouching.of, known))
