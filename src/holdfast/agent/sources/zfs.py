"""Source `zfs`: a filesystem or volume, read from a snapshot that is held until it is replaced.

Must not: touch a snapshot that does not bear our marks.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from holdfast.agent.failure import Failed, complain
from holdfast.agent.restoring import staging
from holdfast.agent.zfs import datasets, snapshots

if TYPE_CHECKING:
    from holdfast.agent.definition import Source
    from holdfast.agent.zfs.datasets import Kind
    from holdfast.agent.zfs.snapshots import Snapshot


def _look(dataset: str) -> tuple[Kind, str]:
    """Return what a dataset is; a restore to it that was killed is brought to an end first.

    What is to be told of that end comes second.
    """
    left = ""
    there = datasets.kinds(staging.root(dataset), dataset)
    if staging.root(dataset) in there:
        left = staging.settle(dataset)
        there = datasets.kinds(dataset)
    left = left and "%s: %s" % (dataset, left)
    if left:
        complain(left)  # should nothing come of the run
    told = there.get(dataset)
    if told is None:
        raise Failed("dataset %s does not exist on this node" % dataset)
    if told.type not in ("filesystem", "volume"):
        raise Failed("%s is a %s: only datasets are backed up" % (dataset, told.type))
    return told, left


class Zfs:
    """A dataset, maybe with those below it, and the snapshots that one keeper has there.

    `owners` are the inventory's ids and `keepers` the keeper's names, the present ones first.
    """

    def __init__(self, source: Source, owners: tuple[str, ...], keepers: tuple[str, ...]) -> None:
        self.dataset = dataset = source.place
        self._scope = (snapshots.RECURSIVE,) if source.recursive else ()
        self._owners = owners
        self._keepers = keepers
        self._listed: tuple[Snapshot, ...] | None = None
        told, self.settled = _look(dataset)
        self.guid = told.guid
        # A plain send would put on the storage in the clear what is not so on the source.
        self.is_encrypted = told.is_encrypted
        if self._scope and not datasets.is_alike_below(dataset, "encryption"):
            raise Failed(
                "some datasets of %s are encrypted by ZFS and some are not: one backup of all of "
                "them is raw or it is not; give them disks of their own" % dataset
            )

    def snapshots(self) -> tuple[Snapshot, ...]:
        """Return every snapshot of the dataset, whosever it is, oldest first.

        Of a recursive one also those of the datasets below it. What was listed is told again until
        something is taken or let go of here.
        """
        if self._listed is None:
            found = snapshots.below(self.dataset) if self._scope else snapshots.of(self.dataset)
            if found is None:
                raise Failed("dataset %s was destroyed meanwhile" % self.dataset)
            self._listed = tuple(found)
        return self._listed

    def kept(self) -> tuple[Snapshot, ...]:
        """Return the snapshots that bear the marks of this keeper, oldest first."""
        return tuple(
            snapshot
            for snapshot in self.snapshots()
            if snapshot.keeper in self._keepers and snapshot.inventory in self._owners
        )

    def take(self, name: str) -> Snapshot:
        """Return a new snapshot, held."""
        owner, keeper = self._owners[0], self._keepers[0]
        self._listed = None
        return snapshots.take(self.dataset, name, owner, keeper, *self._scope)

    def release_all_but(self, *needed: str) -> None:
        """Let go of this keeper's snapshots whose GUIDs are not needed."""
        for snapshot in self.kept():
            if snapshot.guid not in needed:
                self._listed = None
                snapshots.drop(snapshot)
