"""How long the stream of a snapshot is: about, for whoever waits, or a bound, for whoever takes it.

`referenced` does not tell: blocks are sent as they were before ZFS compressed them, each with a
header.
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from holdfast.agent.blocks import MIB
from holdfast.agent.failure import Failed
from holdfast.agent.zfs import command, datasets, features, stream

if TYPE_CHECKING:
    from holdfast.agent.zfs.snapshots import Snapshot

# A record has a header of 312 bytes, and a small file some records; what describes it counts as ZFS
# compressed it. Too wide a bound lets a peer take more room; too narrow a one stops a restore.
_HEADERS = 5
_AT_LEAST = 4 * MIB
_LOGICAL = "logicalreferenced"


def about(snapshot: Snapshot, base: Snapshot | None, mode: tuple[str, ...]) -> int:
    """Return about how many bytes a snapshot's stream has, whole or since a base; 0: who knows."""
    if not features.here().estimates:
        return 0 if base else snapshot.referenced
    # For whoever watches: nobody's backup fails because it cannot be told.
    with contextlib.suppress(Failed):
        told = command.run("send", "-nvP", *stream.of(snapshot, base, mode))
        for kind, _, size in (line.partition("\t") for line in told.splitlines()):
            if kind == "size" and size.isdigit():
                return int(size)
    return 0


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
