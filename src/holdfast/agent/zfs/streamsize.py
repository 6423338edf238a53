"""How long the whole stream of a snapshot can be: a bound, for whoever must not take more.

What it is by all likelihood `referenced` tells; but blocks are sent as they were before ZFS
compressed them, each with a header.
"""

from __future__ import annotations

from holdfast.agent.blocks import MIB
from holdfast.agent.failure import Failed
from holdfast.agent.zfs import datasets

# A record has a header of 312 bytes, and a small file some records; what describes it counts as ZFS
# compressed it. Too wide a bound lets a peer take more room; too narrow a one stops a restore.
_HEADERS = 5
_AT_LEAST = 4 * MIB
_LOGICAL = "logicalreferenced"


def most(snapshot: str) -> int:
    """Return how many bytes the stream of a snapshot has at most; raise Failed if it is gone."""
    asked = ("referenced", "compressratio")
    told = datasets.where_known(snapshot, *asked, _LOGICAL) or datasets.properties(snapshot, *asked)
    if told is None:
        raise Failed("%s is gone" % snapshot)
    referenced = int(told["referenced"])
    if _LOGICAL in told:
        logical = int(told[_LOGICAL])
    else:
        # A ZFS from before that property. The ratio has two digits: the next one is no less.
        logical = int(referenced * (float(told["compressratio"].rstrip("x")) + 0.01))
    return _HEADERS * (logical + referenced) + _AT_LEAST
