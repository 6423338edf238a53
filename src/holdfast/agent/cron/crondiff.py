"""How what cron is told differs from what we would tell it, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from holdfast.agent.cron.cronfile import Parsed


def differences(parsed: Parsed, wanted: dict[str, tuple[str, ...]]) -> list[str]:
    """Return what differs, nothing where all is as we would write it."""
    if parsed.intact and parsed.entries == wanted:
        return []
    both = parsed.entries.keys() & wanted.keys()
    counts = {
        "entries changed": sum(1 for name in both if parsed.entries[name] != wanted[name]),
        "entries missing": len(wanted.keys() - both),
        "entries too many": len(parsed.entries.keys() - both),
        "lines not ours": len(parsed.foreign),
        "other lines missing": len(parsed.missing),
    }
    said = ["%s: %d" % (what, count) for what, count in counts.items() if count]
    return [", ".join(said) or "lines in another order or form"]
