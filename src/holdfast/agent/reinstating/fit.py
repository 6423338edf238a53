"""Whether a backup may go onto a device: its firmware and its HA mode are those it was made of.

Older firmware may refuse newer files, and a single unit's configuration does not suit a pair: no
source says what happens, so both are refused until somebody accepts it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from holdfast.agent.failure import Failed

if TYPE_CHECKING:
    from holdfast.agent.backups.appliance import Appliance
    from holdfast.agent.sources.loadmaster import Facts

ACCEPTED = "firmware-mismatch"


def refuse_mismatch(name: str, made: Appliance, device: Facts) -> None:
    """Raise Failed where the device is not of the backup's firmware or HA mode."""
    others = [
        "%s is %s, the backup's %s" % (what, here or "not told", there or "not told")
        for what, here, there in (
            ("its firmware", device.firmware, made.firmware),
            ("its HA mode", device.mode, made.mode),
        )
        if here != there
    ]
    if others:
        raise Failed(
            "%s: %s; nothing was changed (--accept %s restores it all the same)"
            % (name, ", ".join(others), ACCEPTED)
        )
