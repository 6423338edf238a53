"""How long the whole stream of a snapshot can be: a bound, for whoever must not take more.

What it is by all likelihood `referenced` tells; but blocks are sent as they were before ZFS
compressed them, each with a header.
"""

from __future__ import annotations

from holdfast.agent.blocks import MIB
from holdfast.agent.failure import Failed
from holdfast.agent.zfs import datasets

# Each record has a header of 312 bytes, no block fewer than 512, and a small file three records. A
# bound that is too wide lets a peer take more room; one that is too narrow stops a restore.
_HEADERS = 3
_AT_LEAST = 4 * MIB


def most(snapshot: str) -> int:
    """Return how many bytes the stream of a snapshot has at most."""
    return _HEADERS * _logical(snapshot) + _AT_LEAST


def _logical(snapshot: str) -> int:
    """Return how many bytes a snapshot holds before any of them were compressed."""
    told = datasets.where_known(snapshot, "logicalreferenced")
    if told is not None:
        return int(told["logicalreferenced"])
    # A ZFS from before that property. The ratio has two digits: the next one is no less.
    told = datasets.properties(snapshot, "referenced", "compressratio")
    if told is None:
        raise Failed("%s is gone" % snapshot)
    ratio = float(told["compressratio"].rstrip("x")) + 0.01
    return int(int(told["referenced"]) * ratio)
