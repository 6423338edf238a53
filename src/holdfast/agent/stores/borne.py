"""The copy of its manifest that a received snapshot bears."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from holdfast.agent.backups import manifest
from holdfast.agent.failure import Malformed
from holdfast.agent.fields import Fields

if TYPE_CHECKING:
    from holdfast.agent.backups.manifest import Manifest
    from holdfast.agent.zfs.snapshots import Snapshot


def by(snapshot: Snapshot) -> Manifest | None:
    """Return the manifest that a snapshot bears, if it is that of the backup that it is."""
    try:
        given = Fields(json.loads(snapshot.manifest or "null"), "manifest on " + snapshot.path)
        told = manifest.of_backup(given, snapshot.name)
    except (ValueError, Malformed):
        return None
    return told if told.snapshot == snapshot.guid else None
