"""How a device behaves where real ones differ, sources disagree, or a test wants it otherwise."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class Switches:
    """Each may be changed while the device runs."""

    rate_limit: bool = True
    # Sources disagree: 422 (seen live) or 405 (the SDK's table).
    unknown_command: int = 422
    # JSON shows a flag that is off as false or as "" (seen live; which parameters is not known).
    off_is_empty: bool = False
    # PowerShell sets `backupenable` before the others; whether the device insists is not known.
    enable_backup_first: bool = False
    # Whether a device refuses the backup of newer firmware or of another HA mode is not known.
    strict_restore: bool = False
    # Whether a Base restore brings API keys back is not known; the vendor's words suggest it.
    restore_keys: bool = True
    # A Base restore may change the address itself: then no answer comes.
    drop_after_base: bool = False
    # The vendor's SDK breaks on an elliptic certificate in `listcert`.
    elliptic_certificate: bool = False
    # The multi-tenant sister product writes code="OK".
    capital_code: bool = False
    # Seconds of 503 after a reboot, and of delay by command.
    boot_seconds: float = 2.0
    delays: dict[str, float] = field(default_factory=dict)
    # Bytes that compress to nothing less, to make backups large.
    padding: int = 0
