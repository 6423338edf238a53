"""The state beside a backup, and the hold that a lock puts on a snapshot. Must not: judge a lock.

The state is what counts: the hold keeps away who destroys snapshots without asking us.
"""

from __future__ import annotations

from datetime import datetime, timezone
from typing import TYPE_CHECKING

from holdfast.agent.backups import state

if TYPE_CHECKING:
    from holdfast.agent.acts.shelf import Found, Lying
    from holdfast.agent.backups.state import State


def write(there: Found | Lying, said: State) -> None:
    """Put down the state of a backup whose claim we hold, and see to its hold."""
    lock = said.lock
    locked = lock is not None and lock.holds(datetime.now(timezone.utc))
    if not locked:
        let_go(there)
    state.write(there.folder, there.backup.name.rpartition("/")[2], said)
    if there.parent and locked:
        _hold(there)


def let_go(there: Found | Lying) -> bool:
    """Release the holds of locks; tell whether there were any."""
    if not there.parent:
        return False
    from holdfast.agent.acts import received  # noqa: PLC0415 - few nodes have ZFS
    from holdfast.agent.zfs import snapshots  # noqa: PLC0415 - the same

    released = [snapshots.release(path, snapshots.LOCK) for path in received.paths(there)]
    return any(released)


def _hold(there: Found | Lying) -> None:
    """Hold the snapshots; one that is missing cannot be, and is told of as lost."""
    from holdfast.agent.acts import received  # noqa: PLC0415 - few nodes have ZFS
    from holdfast.agent.zfs import snapshots  # noqa: PLC0415 - the same

    for path in received.paths(there):
        snapshots.hold(path, snapshots.LOCK)
