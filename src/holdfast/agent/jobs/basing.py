"""The base of a definition's next backup: one that this node vouches for, or a new one is made."""

from __future__ import annotations

from typing import TYPE_CHECKING

from holdfast.agent.backups import bases, listing
from holdfast.agent.backups.vouching import Vouching
from holdfast.agent.jobs import sequence

if TYPE_CHECKING:
    from holdfast.agent.backups.bases import Choice
    from holdfast.agent.backups.listing import Backup
    from holdfast.agent.definition import Definition
    from holdfast.agent.layout import Layout


def choose(layout: Layout, definition: Definition, own: tuple[Backup, ...]) -> Choice:
    """Return the base among a definition's own backups, or why there is none."""
    following = sequence.following(layout, definition.id, own)
    here = [each for each in own if listing.folder_of(each.name) == definition.folder]
    choice = bases.choose(here, definition.base_every, following, definition.encrypt_to)
    if choice.base is None:
        return choice
    vouching = Vouching(layout, here)
    for each in here:
        if each.manifest is choice.base and not vouching.of(each).is_good:
            return bases.anew(choice.base.backup, "is " + vouching.of(each).fault)
    return choice
