"""What else is to be told of a backup whose manifest this node does not vouch for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from holdfast.agent.backups import listing, signature

if TYPE_CHECKING:
    from holdfast.agent.backups.listing import Backup


def told(backup: Backup, keys: frozenset[str]) -> dict[str, object]:
    """Return the members of a line that differ: an altered one is lost, others have a fault."""
    if backup.manifest is None or backup.fault:
        return {}
    try:
        signature.check(backup.manifest.to_document(), keys)
    except signature.Altered as error:
        return {"status": listing.LOST, "fault": str(error)}
    except signature.Untrusted as error:
        return {"fault": str(error)}
    return {}
