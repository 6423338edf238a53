"""Whose backups are today: which definition counts one as its own, and may rotate it away."""

from __future__ import annotations

from typing import TYPE_CHECKING

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

    def of(self, backup: Backup) -> dict[str, object]:
        """Return the members of a line that tell it."""
        wanted = self._by_id.get("" if backup.manifest is None else backup.manifest.definition)
        if wanted is None or not rotation.own([backup], wanted, self._owners):
            return {"owned": False, "approved": False}
        if wanted.id not in self._approved:
            self._approved[wanted.id] = rotation.approved(self._layout, wanted)
        agreed = rotation.is_approved(backup, self._approved[wanted.id])
        return {"owned": True, "approved": agreed}
