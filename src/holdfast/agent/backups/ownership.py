"""Whose backups are today: which definition counts one as its own, and may rotate it away."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Iterable

from holdfast.agent.backups import belonging
from holdfast.agent.jobs import rotation, settings

if TYPE_CHECKING:
    from holdfast.agent.backups.listing import Backup
    from holdfast.agent.definition import Definition
    from holdfast.agent.layout import Layout


class Ownership:
    """Whose a backup is today, and whether that definition's rotation may just remove it."""

    def __init__(self, layout: Layout, known: list[Definition]) -> None:
        self._layout = layout
        self._owners = settings.load(layout).owners
        self._by_id = {former: wanted for wanted in known for former in (wanted.id, *wanted.was)}
        self._approved: dict[str, frozenset[str]] = {}

    def among(self, held: Iterable[Backup]) -> dict[str, Definition]:
        """Return the definitions that count backups of a storage as their own, by its name."""
        claimed: dict[str, list[Backup]] = defaultdict(list)
        for backup in held:
            told = backup.manifest
            wanted = None if told is None else self._by_id.get(told.definition)
            if wanted is not None:
                claimed[wanted.id].append(backup)
        return {
            backup.name: self._by_id[identity]
            for identity, backups in claimed.items()
            for backup in belonging.own(backups, self._by_id[identity], self._owners)
        }

    def told(self, backup: Backup, wanted: Definition | None) -> dict[str, object]:
        """Return the members of a line that tell it."""
        if wanted is None:
            return {"owned": False, "approved": False}
        if wanted.id not in self._approved:
            self._approved[wanted.id] = rotation.approved(self._layout, wanted)
        agreed = rotation.is_approved(backup, self._approved[wanted.id])
        return {"owned": True, "approved": agreed}
